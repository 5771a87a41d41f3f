import { type Mat, norm, row } from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";
import { isTopK, type Sigma, thresholdOf } from "../sigma.js";
import { maskedCodes } from "./maskedModel.js";

/** Distance from the threshold, relative to ||w_E^i|| ||w_p^d||, that counts as 0. */
const BINDING = 1e-9;

/**
 * Entries whose selection is about to change, as [latent, feature], by latent: at their threshold, or tied at a selection cut with one
 * on the other side. Rows that are 0 are left out.
 */
export function bindingEntries(
  { encoder, featuresP, sigma }: { encoder: Mat; featuresP: Mat; sigma: Sigma },
  mask: Mask,
): (readonly [latent: number, feature: number])[] {
  const { pre } = maskedCodes(encoder, featuresP, mask, sigma);
  const lengths = Float64Array.from({ length: encoder.rows }, (_, i) => norm(row(encoder, i)));
  const found: (readonly [number, number])[] = [];
  for (let d = 0; d < mask.rows; d++) {
    const values = row(pre, d);
    const level = levels(values, mask.data.subarray(d * mask.cols, (d + 1) * mask.cols), sigma);
    const size = norm(row(featuresP, d));
    for (let i = 0; i < mask.cols; i++) {
      const scale = (lengths[i] as number) * size;
      const distance = Math.abs((values[i] as number) - level(i, mask.data[d * mask.cols + i] === 1));
      if (scale > 0 && distance <= BINDING * scale) found.push([i, d]);
    }
  }
  return found.sort(([a, x], [b, y]) => a - b || x - y);
}

/** The value at which the selection of a latent changes, for the pre-activations of one feature. */
function levels(values: Float64Array, selected: Uint8Array, sigma: Sigma): (latent: number, on: boolean) => number {
  if (!isTopK(sigma)) return (latent) => thresholdOf(sigma, latent);
  const floor = sigma.kind === "topk" ? Number.NEGATIVE_INFINITY : 0;
  let lowestOn = Number.POSITIVE_INFINITY;
  let highestOff = floor;
  let count = 0;
  values.forEach((value, i) => {
    if (selected[i] === 1) {
      lowestOn = Math.min(lowestOn, value);
      count++;
    } else {
      highestOff = Math.max(highestOff, value);
    }
  });
  const full = sigma.kind !== "batchtopk-relu" && count >= sigma.k;
  return (_, on) => (on ? Math.max(floor, full ? highestOff : floor) : full ? lowestOn : floor);
}
