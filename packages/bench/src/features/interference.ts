/** Constants of the interference loss (paper eq. 28). */
export interface InterferenceOptions {
  /** M: largest signed inner product wanted between two features. */
  readonly maxInterference: number;
  /** epsilon: how far below M the loss pushes. */
  readonly epsilon: number;
  /** lambda: weight of all positive inner products. */
  readonly regularization: number;
}

/** Loss, gradient and inner products of a feature matrix. */
export interface Interference {
  /** Sum over ordered pairs of P^2 + lambda R^2, P = max(G - (M - epsilon), 0), R = max(G, 0). */
  readonly loss: number;
  /** 4 (P + lambda R) features, `[n, nP]`. */
  readonly gradient: Float64Array;
  /** Largest inner product of two different rows; -Infinity for a single row. */
  readonly max: number;
  /** Smallest inner product of two different rows; Infinity for a single row. */
  readonly min: number;
  /** Root mean square over the pairs; 0 for a single row. */
  readonly rms: number;
}

const TILE = 48;

/** Room for the nonzero entries of one line of a tile. */
interface Scratch {
  readonly weights: Float64Array;
  readonly sources: Int32Array;
}

/**
 * Loss and gradient of the pairwise interference of rows. Works on tiles of the Gram matrix, which is never held.
 * Cost 2 n^2 nP.
 *
 * @param features - `[n, nP]` row-major
 */
export function interference(
  features: Float64Array,
  n: number,
  nP: number,
  options: InterferenceOptions,
): Interference {
  const { maxInterference, epsilon, regularization } = options;
  const margin = maxInterference - epsilon;
  const gradient = new Float64Array(n * nP);
  const tile = new Float64Array(TILE * TILE);
  let loss = 0;
  let squares = 0;
  let max = Number.NEGATIVE_INFINITY;
  let min = Number.POSITIVE_INFINITY;
  for (let rowStart = 0; rowStart < n; rowStart += TILE) {
    const rowEnd = Math.min(rowStart + TILE, n);
    for (let columnStart = rowStart; columnStart < n; columnStart += TILE) {
      const columnEnd = Math.min(columnStart + TILE, n);
      gramTile(features, nP, rowStart, rowEnd, columnStart, columnEnd, tile);
      for (let i = rowStart; i < rowEnd; i++) {
        for (let j = columnStart; j < columnEnd; j++) {
          const at = (i - rowStart) * TILE + j - columnStart;
          if (j <= i) {
            tile[at] = 0;
            continue;
          }
          const g = tile[at] as number;
          max = Math.max(max, g);
          min = Math.min(min, g);
          squares += g * g;
          const excess = Math.max(g - margin, 0);
          const positive = Math.max(g, 0);
          loss += 2 * (excess * excess + regularization * positive * positive);
          tile[at] = 4 * (excess + regularization * positive);
        }
      }
      addTile(gradient, features, nP, rowStart, rowEnd, columnStart, columnEnd, tile);
    }
  }
  return { loss, gradient, max, min, rms: n > 1 ? Math.sqrt(squares / ((n * (n - 1)) / 2)) : 0 };
}

/** Inner products of rows `rowStart..` with rows `columnStart..`, two by two so that loaded numbers are used twice. */
function gramTile(
  x: Float64Array,
  width: number,
  rowStart: number,
  rowEnd: number,
  columnStart: number,
  columnEnd: number,
  tile: Float64Array,
): void {
  for (let i = rowStart; i < rowEnd; i += 2) {
    const a0 = i * width;
    const a1 = i + 1 < rowEnd ? a0 + width : a0;
    for (let j = columnStart; j < columnEnd; j += 2) {
      const b0 = j * width;
      const b1 = j + 1 < columnEnd ? b0 + width : b0;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      for (let k = 0; k < width; k++) {
        const p0 = x[a0 + k] as number;
        const p1 = x[a1 + k] as number;
        const q0 = x[b0 + k] as number;
        const q1 = x[b1 + k] as number;
        s00 += p0 * q0;
        s01 += p0 * q1;
        s10 += p1 * q0;
        s11 += p1 * q1;
      }
      const at = (i - rowStart) * TILE + j - columnStart;
      tile[at] = s00;
      if (b1 !== b0) tile[at + 1] = s01;
      if (a1 !== a0) tile[at + TILE] = s10;
      if (a1 !== a0 && b1 !== b0) tile[at + TILE + 1] = s11;
    }
  }
}

/** Adds C x_J to the rows I of the gradient and C^T x_I to the rows J. */
function addTile(
  gradient: Float64Array,
  x: Float64Array,
  width: number,
  rowStart: number,
  rowEnd: number,
  columnStart: number,
  columnEnd: number,
  tile: Float64Array,
): void {
  const scratch = { weights: new Float64Array(TILE), sources: new Int32Array(TILE) };
  for (let i = rowStart; i < rowEnd; i++) {
    addRows(gradient, i, x, width, columnStart, columnEnd, tile, (i - rowStart) * TILE, 1, scratch);
  }
  for (let j = columnStart; j < columnEnd; j++) {
    addRows(gradient, j, x, width, rowStart, rowEnd, tile, j - columnStart, TILE, scratch);
  }
}

/**
 * Adds the rows `start..` of x to one row of the target, weighted by the entries of the tile from `first` in steps of `stride`.
 * Half of them are 0 and left out; the others go four at a time, so that the target is loaded less.
 */
function addRows(
  target: Float64Array,
  row: number,
  x: Float64Array,
  width: number,
  start: number,
  end: number,
  tile: Float64Array,
  first: number,
  stride: number,
  { weights, sources }: Scratch,
): void {
  let count = 0;
  for (let j = start, at = first; j < end; j++, at += stride) {
    if (tile[at] === 0) continue;
    weights[count] = tile[at] as number;
    sources[count++] = j * width;
  }
  const to = row * width;
  let s = 0;
  for (; s + 3 < count; s += 4) {
    const c0 = weights[s] as number;
    const c1 = weights[s + 1] as number;
    const c2 = weights[s + 2] as number;
    const c3 = weights[s + 3] as number;
    const from0 = sources[s] as number;
    const from1 = sources[s + 1] as number;
    const from2 = sources[s + 2] as number;
    const from3 = sources[s + 3] as number;
    for (let k = 0; k < width; k++) {
      const pair0 = c0 * (x[from0 + k] as number) + c1 * (x[from1 + k] as number);
      const pair1 = c2 * (x[from2 + k] as number) + c3 * (x[from3 + k] as number);
      target[to + k] = (target[to + k] as number) + (pair0 + pair1);
    }
  }
  for (; s < count; s++) {
    const c = weights[s] as number;
    const from = sources[s] as number;
    for (let k = 0; k < width; k++) target[to + k] = (target[to + k] as number) + c * (x[from + k] as number);
  }
}
