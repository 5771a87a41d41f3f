import { addScaled, dot, norm } from "../matrices/vector.js";

/** Least squares over a changing set of columns: A_P = Q R, with Q^T b. */
export interface PassiveFactor {
  /** Columns in the set, in order of entry. */
  readonly columns: readonly number[];
  /** Adds a column; false, and nothing changed, where it depends on those in the set. */
  append(column: number): boolean;
  /** Removes the column at a place in `columns`. */
  remove(at: number): void;
  /** argmin ||A_P z - b||, in the order of `columns`. */
  solve(): Float64Array;
}

/** Relative length of the new direction below which a column counts as dependent. */
const DEPENDENT = 1e-12;

/** An empty set of the columns of A, each `[rows]`, against b, `[rows]`. */
export function passiveFactor(all: readonly Float64Array[], target: Float64Array): PassiveFactor {
  const columns: number[] = [];
  const q: Float64Array[] = []; // orthonormal directions, each [rows]
  const r: Float64Array[] = []; // columns of the triangle
  const projections: number[] = []; // Q^T b

  const append = (column: number): boolean => {
    const direction = Float64Array.from(all[column] as Float64Array);
    const length = norm(direction);
    const entries = new Float64Array(columns.length + 1);
    for (let pass = 0; pass < 2; pass++) {
      q.forEach((unit, k) => {
        const along = dot(unit, direction);
        entries[k] = (entries[k] as number) + along;
        addScaled(direction, unit, -along);
      });
    }
    const rest = norm(direction);
    if (!(rest > DEPENDENT * length)) return false;
    entries[columns.length] = rest;
    const unit = direction.map((value) => value / rest);
    columns.push(column);
    q.push(unit);
    r.push(entries);
    projections.push(dot(unit, target));
    return true;
  };

  const remove = (at: number): void => {
    columns.splice(at, 1);
    r.splice(at, 1);
    for (let k = at; k < columns.length; k++) {
      const below = (r[k] as Float64Array)[k + 1] as number;
      const diagonal = (r[k] as Float64Array)[k] as number;
      const length = Math.hypot(diagonal, below);
      const cosine = diagonal / length;
      const sine = below / length;
      for (let column = k; column < columns.length; column++) rotate(r[column] as Float64Array, k, cosine, sine);
      rotatePair(q[k] as Float64Array, q[k + 1] as Float64Array, cosine, sine);
      const upper = projections[k] as number;
      const lower = projections[k + 1] as number;
      projections[k] = cosine * upper + sine * lower;
      projections[k + 1] = cosine * lower - sine * upper;
    }
    q.pop();
    projections.pop();
    for (let k = at; k < columns.length; k++) r[k] = (r[k] as Float64Array).subarray(0, k + 1);
  };

  const solve = (): Float64Array => {
    const z = Float64Array.from(projections);
    for (let k = z.length - 1; k >= 0; k--) {
      const column = r[k] as Float64Array;
      const value = (z[k] as number) / (column[k] as number);
      z[k] = value;
      for (let i = 0; i < k; i++) z[i] = (z[i] as number) - (column[i] as number) * value;
    }
    return z;
  };

  return { columns, append, remove, solve };
}

/** Rotates entries k and k + 1 of one column. */
function rotate(column: Float64Array, k: number, cosine: number, sine: number): void {
  const upper = column[k] as number;
  const lower = column[k + 1] as number;
  column[k] = cosine * upper + sine * lower;
  column[k + 1] = cosine * lower - sine * upper;
}

/** Rotates two directions. */
function rotatePair(first: Float64Array, second: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < first.length; i++) {
    const upper = first[i] as number;
    const lower = second[i] as number;
    first[i] = cosine * upper + sine * lower;
    second[i] = cosine * lower - sine * upper;
  }
}
