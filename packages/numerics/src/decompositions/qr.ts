import { columnsOf, type Mat, transpose, zeros } from "../matrices/mat.js";
import { addScaled, dot, norm } from "../matrices/vector.js";

/** A = Q R of a matrix with at least as many rows as columns. */
export interface Qr {
  /** Upper triangle R, `[cols, cols]`. */
  readonly r: Mat;
  /** Q^T B, its first `cols` rows, `[cols, B.cols]`. */
  readonly projected: Mat;
}

/**
 * Householder QR without pivoting (Golub & Van Loan, 5.2), applied to right-hand sides at once.
 *
 * @param a - A, `[rows, cols]`, rows >= cols
 * @param b - B, `[rows, any]`
 */
export function qr(a: Mat, b: Mat): Qr {
  const columns = columnsOf(a);
  const sides = columnsOf(b);
  const r = zeros(a.cols, a.cols);
  columns.forEach((column, k) => {
    const below = column.subarray(k);
    const length = norm(below);
    for (let i = 0; i < k; i++) r.data[i * a.cols + k] = column[i] as number;
    if (length === 0) return;
    const head = below[0] as number;
    const diagonal = head > 0 ? -length : length;
    r.data[k * a.cols + k] = diagonal;
    const reflector = Float64Array.from(below);
    reflector[0] = head - diagonal;
    const factor = -2 / dot(reflector, reflector);
    for (const other of [...columns.slice(k + 1), ...sides]) {
      const part = other.subarray(k);
      addScaled(part, reflector, factor * dot(reflector, part));
    }
  });
  const projected = zeros(sides.length, a.cols);
  sides.forEach((side, j) => {
    projected.data.set(side.subarray(0, a.cols), j * a.cols);
  });
  return { r, projected: transpose(projected) };
}
