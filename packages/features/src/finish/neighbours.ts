import { nearestRows } from "@monosema/bench";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { Neighbour } from "../featureRecord.js";

/**
 * The latents whose decoder rows are nearest to those of each, nearest first, by signed cosine above 0.
 *
 * @param count - of each, at most
 */
export async function neighbours(
  backend: Backend,
  { spec, weights }: Model,
  count: number,
): Promise<(latent: number) => readonly Neighbour[]> {
  const decoder = { values: weights.decoder, count: spec.nQ };
  const { indices, cosines } = await nearestRows(backend, decoder, decoder, spec.nR, { count, excludeSelf: true });
  return (latent) =>
    Array.from({ length: count }, (_, i) => {
      const at = latent * count + i;
      return { latent: indices[at] as number, cosine: cosines[at] as number };
    }).filter(({ latent: other, cosine }) => other >= 0 && cosine > 0);
}
