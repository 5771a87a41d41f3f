import { type Mat, row } from "./mat.js";
import { norm as normOf } from "./vector.js";

/** Rows of unit norm, and the norms that they had. */
export interface UnitRows {
  /** The rows at unit norm; rows of zeros stay. */
  readonly unit: Mat;
  /** Norms before, `[rows]`. */
  readonly norms: Float64Array;
}

/** A copy of the rows of a matrix scaled to unit norm, with the norms they had; squares are summed as by {@link norm}. */
export function unitRows(mat: Mat): UnitRows {
  const unit: Mat = { ...mat, data: mat.data.slice() };
  const norms = Float64Array.from({ length: mat.rows }, (_, i) => normOf(row(mat, i)));
  scaleRows(unit.data, mat.cols, norms, 1);
  return { unit, norms };
}

/**
 * Scales each row of `[rows, width]` to `norm`, in place; rows of zeros stay. Squares are summed from left to right in float64: the bits of
 * data and of training depend on that order.
 *
 * @returns norms before, `[rows]`
 */
export function normaliseRows(values: Float32Array | Float64Array, width: number, norm: number = 1): Float64Array {
  const norms = Float64Array.from({ length: width === 0 ? 0 : values.length / width }, (_, i) => {
    let squares = 0;
    for (let at = i * width; at < (i + 1) * width; at++) squares += (values[at] as number) * (values[at] as number);
    return Math.sqrt(squares);
  });
  scaleRows(values, width, norms, norm);
  return norms;
}

function scaleRows(values: Float32Array | Float64Array, width: number, norms: Float64Array, norm: number): void {
  norms.forEach((length, i) => {
    if (!(length > 0)) return;
    for (let at = i * width; at < (i + 1) * width; at++) values[at] = ((values[at] as number) * norm) / length;
  });
}
