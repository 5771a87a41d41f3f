import { bestMatches, forPositive, similarity } from "@monosema/bench";
import { type Batch, type LoadedModel, type Model, openModel } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";

/** How far two dictionaries of the same data fire together. */
export interface CodeAgreement {
  /** Mean of the kappa of all latents of both: 1 where the same latents fire for the same samples, 0 for firing by chance. */
  readonly kappa: number;
  /** Cohen's kappa of each latent of the first with its match in the second, `[Q]`; 0 for latents that fire never or always. */
  readonly kappas: Float64Array;
  /** That match: the latent of the second with the largest signed decoder cosine, `[Q]`. */
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
  const [ofA, ofB] = [firingPairs(await matchesOf(backend, a, b)), firingPairs(await matchesOf(backend, b, a))];
  let samples = 0;
  const loaded: LoadedModel[] = [];
  try {
    for (const model of [a, b]) loaded.push(openModel(backend, model));
    for await (const { input, size } of batches) {
      const codes = await Promise.all(loaded.map((model) => model.encode(input, size)));
      const [codesA, codesB] = codes as [SparseRows, SparseRows];
      ofA.add(codesA, codesB);
      ofB.add(codesB, codesA);
      samples += size;
    }
  } finally {
    for (const model of loaded) model.dispose();
  }
  if (samples === 0) throw new RangeError("codeAgreement: needs at least one sample, got none; pass batches");
  const kappas = ofA.kappas(ofB.firings, samples);
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const kappa = (sum(kappas) + sum(ofB.kappas(ofA.firings, samples))) / (a.spec.nQ + b.spec.nQ);
  return { kappa, kappas, matches: ofA.matches, samples };
}

/** Latent of `other` with the largest decoder cosine, for each latent of `model`, `[Q]`. */
async function matchesOf(backend: Backend, model: Model, other: Model): Promise<Int32Array> {
  const directions = ({ weights, spec }: Model) => ({ values: weights.decoder, count: spec.nQ });
  const { cosine, rows, columns } = await similarity(backend, directions(model), directions(other), model.spec.nR);
  return bestMatches({ values: cosine, rows, columns }).featureOf;
}

/** Counts firings of latents, and those in samples where their matches fire too. */
function firingPairs(matches: Int32Array) {
  const firings = new Float64Array(matches.length);
  const together = new Float64Array(matches.length);
  return {
    matches,
    firings,
    add(own: SparseRows, other: SparseRows): void {
      for (let row = 0; row + 1 < own.offsets.length; row++) {
        const there = new Set<number>();
        forPositive(other, row, (latent) => there.add(latent));
        forPositive(own, row, (latent) => {
          firings[latent] = (firings[latent] as number) + 1;
          if (there.has(matches[latent] as number)) together[latent] = (together[latent] as number) + 1;
        });
      }
    },
    kappas: (others: Float64Array, samples: number): Float64Array =>
      firings.map((count, latent) =>
        cohensKappa(count, others[matches[latent] as number] as number, together[latent] as number, samples),
      ),
  };
}

/** Agreement of two yes-or-no judgements beyond chance, from the counts of yes; 0 where chance alone agrees always. */
function cohensKappa(a: number, b: number, both: number, samples: number): number {
  const observed = (samples - a - b + 2 * both) / samples;
  const expected = (a * b + (samples - a) * (samples - b)) / samples ** 2;
  return expected === 1 ? 0 : (observed - expected) / (1 - expected);
}
