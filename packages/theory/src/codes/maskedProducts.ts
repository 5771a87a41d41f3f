import { addScaled, dot, type Mat, multiply, row, zeros } from "@monosema/numerics";
import type { Mask } from "./isolatedCodes.js";

/** Share of entries that are on from which a dense product is faster. */
const DENSE = 1 / 8;

/** A B for A that is 0 off its mask: `[n, nQ]` times `[nQ, any]`. */
export function maskedTimes(a: Mat, mask: Mask, b: Mat): Mat {
  if (isDense(mask)) return multiply(a, b);
  const result = zeros(a.rows, b.cols);
  forEachOn(mask, (d, i, at) => addScaled(row(result, d), row(b, i), a.data[at] as number));
  return result;
}

/** A^T B for A that is 0 off its mask: `[nQ, n]` times `[n, any]`. */
export function maskedTransposeTimes(a: Mat, mask: Mask, b: Mat): Mat {
  if (isDense(mask)) return multiply(a, b, { transposeA: true });
  const result = zeros(a.cols, b.cols);
  forEachOn(mask, (d, i, at) => addScaled(row(result, i), row(b, d), a.data[at] as number));
  return result;
}

/** mask * (A B^T): `[n, any]` times `[any, nQ]`, 0 off the mask. */
export function timesOnMask(a: Mat, b: Mat, mask: Mask): Mat {
  if (isDense(mask)) {
    const result = multiply(a, b, { transposeB: true });
    for (let at = 0; at < mask.data.length; at++) if (mask.data[at] !== 1) result.data[at] = 0;
    return result;
  }
  const result = zeros(a.rows, b.rows);
  forEachOn(mask, (d, i, at) => {
    result.data[at] = dot(row(a, d), row(b, i));
  });
  return result;
}

function isDense({ data }: Mask): boolean {
  let count = 0;
  for (let at = 0; at < data.length; at++) count += data[at] as number;
  return count > DENSE * data.length;
}

/** Every entry that is on, by feature, then latent. */
function forEachOn({ rows, cols, data }: Mask, visit: (feature: number, latent: number, at: number) => void): void {
  for (let d = 0; d < rows; d++) {
    for (let i = 0; i < cols; i++) if (data[d * cols + i] === 1) visit(d, i, d * cols + i);
  }
}
