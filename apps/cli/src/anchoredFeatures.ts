import type { Model } from "@monosema/sdl";
import type { Truth } from "./truth.js";

/** A held latent lies along its feature; one that is not held, or badly, does not. */
const ALONG = 0.8;

/** Number of latents that training held to anchors, the first ones, as the checkpoint says. */
export function anchorCount({ metadata }: Model): number {
  const count = (metadata?.anchors as { readonly count?: unknown } | null | undefined)?.count;
  return Number.isSafeInteger(count) && (count as number) > 0 ? (count as number) : 0;
}

/**
 * Indices of the features that held latents stand for: for each of the first `count` latents the feature of the largest |cosine|
 * with its decoder row, where that is above .8.
 */
export function anchoredFeatures(
  { spec, weights }: Model,
  { targetFeatures }: Truth,
  count: number,
): readonly number[] {
  const { nR, nQ } = spec;
  const n = targetFeatures.length / nR;
  const norm = (rows: Float32Array, row: number): number => Math.sqrt(dot(rows, row, rows, row, nR));
  const found = new Set<number>();
  for (let latent = 0; latent < Math.min(count, nQ); latent++) {
    let [best, closest] = [-1, ALONG];
    for (let feature = 0; feature < n; feature++) {
      const product = Math.abs(dot(weights.decoder, latent, targetFeatures, feature, nR));
      const cosine = product / (norm(weights.decoder, latent) * norm(targetFeatures, feature));
      if (cosine > closest) [best, closest] = [feature, cosine];
    }
    if (best >= 0) found.add(best);
  }
  return [...found].sort((a, b) => a - b);
}

function dot(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += (a[i * width + d] as number) * (b[j * width + d] as number);
  return sum;
}
