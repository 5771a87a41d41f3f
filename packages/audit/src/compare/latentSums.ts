import { type ConeFit, coneFit, type NearestRows } from "@monosema/bench";
import { dot, type Mat, zeros } from "@monosema/numerics";

/** A latent that is a non-negative sum of latents of another dictionary. */
export interface LatentSum {
  /** Latent. */
  readonly latent: number;
  /** Latents of the other dictionary, two to four. */
  readonly parts: readonly number[];
  /** How much of each part's unit decoder row it holds, for a decoder row of length 1. */
  readonly weights: readonly number[];
  /** Cosine of its decoder row with the cone of theirs. */
  readonly cosine: number;
}

/** Parts of a sum at most. */
const PARTS = 4;
/** Least weight of a part: rows that hold less only mend the fit of the others. */
const LEAST = 0.2;

/**
 * Latents without a match of their own whose decoder row has a cosine above tau with the cone of two to four rows of the other dictionary.
 * The parts are searched for among the nearest rows greedily: the nearest first, then each time the row with the largest product with what
 * is left, all fitted anew by non-negative least squares; so a sum may be missed, but what is listed holds. Rows of a weight below .2 are no
 * parts.
 *
 * @param nearest - rows of the other for each latent
 * @param others - decoder rows of the other at unit norm, `[Qb, R]`
 * @param tau - between 0 and 1
 */
export function latentSums({ count, indices, cosines }: NearestRows, others: Mat, tau: number): LatentSum[] {
  const sums: LatentSum[] = [];
  for (let latent = 0; latent < indices.length / count; latent++) {
    const best = cosines[latent * count] as number;
    if (!(best > 0 && best <= tau)) continue;
    const places = Array.from({ length: count }, (_, place) => latent * count + place).filter(
      (at) => (cosines[at] as number) > 0,
    );
    const found = fewestParts(
      places.map((at) => indices[at] as number),
      Float64Array.from(places, (at) => cosines[at] as number),
      others,
      tau,
    );
    if (found !== undefined) sums.push({ latent, ...found });
  }
  return sums;
}

/** Adds rows until the fit is good enough; undefined where it never is. */
function fewestParts(
  rows: readonly number[],
  cosines: Float64Array,
  { cols, data }: Mat,
  tau: number,
): Omit<LatentSum, "latent"> | undefined {
  const unit = rows.map((row) => data.subarray(row * cols, (row + 1) * cols));
  const products = new Map<number, readonly number[]>(); // of a chosen row with all
  const fitOf = (places: readonly number[]): ConeFit => {
    const gram = zeros(places.length, places.length);
    gram.data.set(places.flatMap((i) => places.map((j) => products.get(i)?.[j] as number)));
    return coneFit(
      gram,
      Float64Array.from(places, (at) => cosines[at] as number),
    );
  };
  const chosen: number[] = [];
  let left = cosines; // products of the rows with what is not fitted yet
  while (chosen.length < PARTS) {
    const next = left.reduce((best, value, at) => (value > (left[best] as number) ? at : best), 0);
    if (chosen.includes(next) || !((left[next] as number) > 1e-6)) return undefined; // float32 does not tell less from 0
    chosen.push(next);
    products.set(
      next,
      unit.map((other) => dot(unit[next] as Float64Array, other)),
    );
    const { cosine, weights } = fitOf(chosen);
    left = cosines.map((own, at) =>
      chosen.reduce((rest, i, part) => rest - (weights[part] as number) * (products.get(i)?.[at] as number), own),
    );
    if (!(cosine > tau)) continue;
    const held = chosen.filter((_, part) => (weights[part] as number) >= LEAST);
    const fit = fitOf(held);
    if (held.length < 2 || !(fit.cosine > tau) || fit.weights.some((weight) => weight < LEAST)) continue;
    return {
      parts: held.map((at) => rows[at] as number),
      weights: [...fit.weights],
      cosine: Math.min(1, fit.cosine),
    };
  }
  return undefined;
}
