import { forPositive } from "@monosema/bench";
import { type Batch, type LoadedModel, type Model, openModel } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";

/** Latents of one dictionary, each with a latent of another. */
export interface MatchedPair {
  /** Place of the dictionary among the models. */
  readonly own: number;
  /** Place of the other. */
  readonly other: number;
  /** A latent of the other for each latent, -1 for none, `[Q]`. */
  readonly matches: Int32Array;
}

/** Codes of several dictionaries on the same samples. */
export interface MatchedCodes {
  /** Samples read. */
  readonly samples: number;
  /** Samples for which each latent of each dictionary fires, `[Q]` each. */
  readonly firings: readonly Float64Array[];
  /** What the codes of each pair have in common, in the order of the pairs. */
  readonly pairs: readonly PairedCodes[];
}

/** What the codes of latents and their matches have in common. */
export interface PairedCodes {
  /** Pearson correlation of the codes, `[Q]`; 0 where either never changes. */
  readonly correlations: Float64Array;
  /** Cohen's kappa of the firings, `[Q]`; 0 for latents that fire never or always. */
  readonly kappas: Float64Array;
}

/** Reads the samples once for all pairs; from the sparse codes, sums by latent alone are kept. */
export async function matchedCodes(
  backend: Backend,
  models: readonly Model[],
  pairs: readonly MatchedPair[],
  batches: AsyncIterable<Batch> | Iterable<Batch>,
): Promise<MatchedCodes> {
  const moments = models.map(({ spec }) => codeMoments(spec.nQ));
  const products = pairs.map(({ matches, other }) => codeProducts(matches, (models[other] as Model).spec.nQ));
  let samples = 0;
  const loaded: LoadedModel[] = [];
  try {
    for (const model of models) loaded.push(openModel(backend, model));
    for await (const { input, size } of batches) {
      const codes: SparseRows[] = [];
      for (const model of loaded) codes.push(await model.encode(input, size));
      moments.forEach((sums, i) => {
        sums.add(codes[i] as SparseRows);
      });
      products.forEach((sums, i) => {
        const { own, other } = pairs[i] as MatchedPair;
        sums.add(codes[own] as SparseRows, codes[other] as SparseRows);
      });
      samples += size;
    }
  } finally {
    for (const model of loaded) model.dispose();
  }
  return {
    samples,
    firings: moments.map(({ firings }) => firings),
    pairs: pairs.map(({ own, other, matches }, i) => {
      const [ofOwn, ofOther] = [moments[own] as CodeMoments, moments[other] as CodeMoments];
      const { together, products: sums } = products[i] as CodeProducts;
      const byLatent = (value: (latent: number, match: number) => number): Float64Array =>
        Float64Array.from(matches, (match, latent) => (match < 0 ? 0 : value(latent, match)));
      return {
        correlations: byLatent((latent, match) =>
          pearson(momentsOf(ofOwn, latent), momentsOf(ofOther, match), sums[latent] as number, samples),
        ),
        kappas: byLatent((latent, match) =>
          cohensKappa(
            ofOwn.firings[latent] as number,
            ofOther.firings[match] as number,
            together[latent] as number,
            samples,
          ),
        ),
      };
    }),
  };
}

/** Mean kappa of the latents of both. */
export function meanKappa(a: PairedCodes, b: PairedCodes): number {
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  return (sum(a.kappas) + sum(b.kappas)) / (a.kappas.length + b.kappas.length);
}

type CodeMoments = ReturnType<typeof codeMoments>;

/** Counts the firings of each latent and sums its codes and their squares. */
function codeMoments(nQ: number) {
  const [firings, sums, squares] = [new Float64Array(nQ), new Float64Array(nQ), new Float64Array(nQ)];
  return {
    firings,
    sums,
    squares,
    add({ latents, values }: SparseRows): void {
      latents.forEach((latent, at) => {
        const value = values[at] as number;
        if (value > 0) firings[latent] = (firings[latent] as number) + 1;
        sums[latent] = (sums[latent] as number) + value;
        squares[latent] = (squares[latent] as number) + value * value;
      });
    },
  };
}

type CodeProducts = ReturnType<typeof codeProducts>;

/** Sums the products of the codes of latents and their matches, and counts the samples for which both fire. */
function codeProducts(matches: Int32Array, nQ: number) {
  const [together, products] = [new Float64Array(matches.length), new Float64Array(matches.length)];
  const there = new Float64Array(nQ); // codes of the other for one sample
  return {
    together,
    products,
    add(own: SparseRows, other: SparseRows): void {
      for (let row = 0; row + 1 < own.offsets.length; row++) {
        const [start, end] = [other.offsets[row] as number, other.offsets[row + 1] as number];
        for (let e = start; e < end; e++) there[other.latents[e] as number] = other.values[e] as number;
        for (let e = own.offsets[row] as number; e < (own.offsets[row + 1] as number); e++) {
          const latent = own.latents[e] as number;
          const matched = there[matches[latent] as number] ?? 0;
          products[latent] = (products[latent] as number) + (own.values[e] as number) * matched;
        }
        forPositive(own, row, (latent) => {
          if ((there[matches[latent] as number] ?? 0) > 0) together[latent] = (together[latent] as number) + 1;
        });
        for (let e = start; e < end; e++) there[other.latents[e] as number] = 0;
      }
    },
  };
}

interface Moments {
  readonly sum: number;
  readonly square: number;
}

const momentsOf = ({ sums, squares }: CodeMoments, latent: number): Moments => ({
  sum: sums[latent] as number,
  square: squares[latent] as number,
});

/** Correlation from sums over n samples; 0 where the variance of either is 0 but for rounding. */
function pearson(a: Moments, b: Moments, product: number, n: number): number {
  const [spreadA, spreadB] = [n * a.square - a.sum ** 2, n * b.square - b.sum ** 2];
  if (!(spreadA > 1e-12 * n * a.square && spreadB > 1e-12 * n * b.square)) return 0;
  return Math.max(-1, Math.min(1, (n * product - a.sum * b.sum) / Math.sqrt(spreadA * spreadB)));
}

/** Agreement of two yes-or-no judgements beyond chance, from the counts of yes; 0 where chance alone agrees always. */
function cohensKappa(a: number, b: number, both: number, samples: number): number {
  const observed = (samples - a - b + 2 * both) / samples;
  const expected = (a * b + (samples - a) * (samples - b)) / samples ** 2;
  return expected === 1 ? 0 : (observed - expected) / (1 - expected);
}
