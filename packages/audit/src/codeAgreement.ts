import { nearestRows } from "@monosema/bench";
import type { Batch, Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { matchedCodes, meanKappa, type PairedCodes } from "./compare/matchedCodes.js";

/** How far two dictionaries of the same data fire together. */
export interface CodeAgreement {
  /** Mean of the kappa of all latents of both: 1 where the same latents fire for the same samples, 0 for firing by chance. */
  readonly kappa: number;
  /** Cohen's kappa of each latent of the first with its match in the second, `[Q]`; 0 for latents that fire never or always. */
  readonly kappas: Float64Array;
  /** That match: the latent of the second with the largest signed decoder cosine, `[Q]`; -1 for latents with a decoder row of 0. */
  readonly matches: Int32Array;
  /** Samples compared. */
  readonly samples: number;
}

/**
 * Compares the codes of two dictionaries on the same samples: each latent is matched with the latent of the other that has the largest
 * signed decoder cosine, and its firings are compared with those of its match by Cohen's kappa (Cohen 1960), which for rare firings is
 * the F1 of a benchmark with the other dictionary in the place of the truth. Needs no labels.
 *
 * @param batches - samples `[B, P]`, best such that neither dictionary was trained on
 * @throws RangeError for dictionaries of different output widths, or without samples
 */
export async function codeAgreement(
  backend: Backend,
  a: Model,
  b: Model,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
): Promise<CodeAgreement> {
  if (a.spec.nR !== b.spec.nR) {
    throw new RangeError(
      `codeAgreement: both dictionaries must have the same output width, got ${a.spec.nR} and ${b.spec.nR}; compare dictionaries of the same data`,
    );
  }
  const matches = await matchesOf(backend, a, b);
  const pairs = [
    { own: 0, other: 1, matches },
    { own: 1, other: 0, matches: await matchesOf(backend, b, a) },
  ];
  const { samples, pairs: found } = await matchedCodes(backend, [a, b], pairs, batches);
  if (samples === 0) throw new RangeError("codeAgreement: needs at least one sample, got none; pass batches");
  const [ofA, ofB] = found as readonly [PairedCodes, PairedCodes];
  return { kappa: meanKappa(ofA, ofB), kappas: ofA.kappas, matches, samples };
}

/** Latent of `other` with the largest decoder cosine, for each latent of `model`, `[Q]`. */
async function matchesOf(backend: Backend, model: Model, other: Model): Promise<Int32Array> {
  const directions = ({ weights, spec }: Model) => ({ values: weights.decoder, count: spec.nQ });
  return (await nearestRows(backend, directions(model), directions(other), model.spec.nR, { count: 1 })).indices;
}
