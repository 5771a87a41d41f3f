import { nearestRows } from "@monosema/bench";
import { type Mat, unitRows } from "@monosema/numerics";
import type { Backend } from "@monosema/tensor";
import { type LatentSum, latentSums } from "../compare/latentSums.js";

/** Cosine from which a decoder row counts as a feature, and from which as a sum of several. */
const HELD = 0.9;

/**
 * Latents whose decoder row is a sum of several true features and none of them alone.
 *
 * @param decoder - `[Q, R]`
 * @param features - in target space, `[n, R]`
 * @param dead - latents left out
 */
export async function featureSums(
  backend: Backend,
  decoder: Mat,
  features: Mat,
  dead: readonly number[],
): Promise<readonly LatentSum[]> {
  const directions = ({ rows, data }: Mat) => ({ values: data, count: rows });
  const nearest = await nearestRows(backend, directions(decoder), directions(features), decoder.cols);
  const silent = new Set(dead);
  return latentSums(nearest, unitRows(features).unit, HELD).filter(({ latent }) => !silent.has(latent));
}
