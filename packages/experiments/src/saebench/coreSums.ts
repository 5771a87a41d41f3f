import { fractionUnexplained } from "@monosema/sdl";
import type { SparseRows } from "@monosema/tensor";

/** What the core evaluation of SAEBench needs of samples, as sums: plain values that {@link mergeCoreSums} adds up. */
export interface CoreSums {
  /** Samples N. */
  readonly samples: number;
  /** Sum of each quantity of a sample. */
  readonly sums: Readonly<Record<CoreQuantity, number>>;
  /** Samples that count for a quantity that not every sample has. */
  readonly counts: Readonly<Record<"legacy" | "cosine", number>>;
  /** Samples in which a latent is active `[Q]`. */
  readonly firings: Float64Array;
  /** Where firings lie in documents; absent where nobody knows the documents. */
  readonly prompts?: PromptSums;
}

/**
 * A quantity of a sample x_r with reconstruction y: `error` ||x_r - y||^2, `power` ||x_r||^2, `variance` ||x_r - mean||^2, `legacy` 1 - error / variance,
 * `cosine` of both, their norms, `ratio` of the norms, `outputPower` ||y||^2, `product` <x_r, y>, active latents and their sum.
 */
export type CoreQuantity =
  | "error"
  | "power"
  | "variance"
  | "legacy"
  | "cosine"
  | "inputNorm"
  | "outputNorm"
  | "ratio"
  | "outputPower"
  | "product"
  | "active"
  | "codes";

/** Documents in which latents are active. */
export interface PromptSums {
  /** Documents in which a latent is active `[Q]`. */
  readonly count: Float64Array;
  /** The first of them `[Q]`, -1 for none. */
  readonly first: Int32Array;
  /** The last of them `[Q]`, -1 for none. */
  readonly last: Int32Array;
}

/** Samples of a batch, in the order of the data. */
export interface CoreBatch {
  /** x_r `[B, R]`. */
  readonly target: Float32Array | Float64Array;
  /** `[B, R]`. */
  readonly reconstruction: Float32Array;
  /** Active latents of each sample. */
  readonly codes: SparseRows;
  /** Document of each sample `[B]`, at least 0, where they are known: rows of a document follow each other. */
  readonly documents?: Int32Array;
}

/**
 * Sums over the samples of one batch.
 *
 * @param nQ - latents Q
 * @param mean - mean of the targets of all samples `[R]`, other batches included
 */
export function coreSums(nQ: number, mean: Float64Array, batch: CoreBatch): CoreSums {
  const { target, reconstruction, codes, documents } = batch;
  const nR = mean.length;
  const samples = target.length / nR;
  const sums = { ...zero, active: codes.latents.length };
  for (const value of codes.values) sums.codes += value;
  const counts = { legacy: 0, cosine: 0 };
  for (let row = 0; row < target.length; row += nR) {
    let [error, variance, inputPower, outputPower, product] = [0, 0, 0, 0, 0];
    for (let d = 0; d < nR; d++) {
      const [x, y] = [target[row + d] as number, reconstruction[row + d] as number];
      error += (x - y) ** 2;
      variance += (x - (mean[d] as number)) ** 2;
      inputPower += x * x;
      outputPower += y * y;
      product += x * y;
    }
    const [inputNorm, outputNorm] = [Math.sqrt(inputPower), Math.sqrt(outputPower)];
    sums.error += error;
    sums.power += inputPower;
    sums.variance += variance;
    sums.inputNorm += inputNorm;
    sums.outputNorm += outputNorm;
    sums.ratio += outputNorm / (inputNorm < SMALL ? 1 : inputNorm);
    sums.outputPower += outputPower;
    sums.product += product;
    const unexplained = fractionUnexplained(error, variance, inputPower);
    if (unexplained !== null) {
      sums.legacy += 1 - unexplained;
      counts.legacy += 1;
    }
    if (inputPower > 0 && outputPower > 0) {
      sums.cosine += product / (inputNorm * outputNorm);
      counts.cosine += 1;
    }
  }
  const firings = new Float64Array(nQ);
  for (const latent of codes.latents) firings[latent] = (firings[latent] as number) + 1;
  return { samples, sums, counts, firings, ...(documents ? { prompts: promptSums(nQ, codes, documents) } : {}) };
}

/**
 * The sums of two parts of the data, the samples of `after` behind those of `before`; a document may begin in one and end in the other.
 */
export function mergeCoreSums(before: CoreSums, after: CoreSums): CoreSums {
  const prompts = before.prompts && after.prompts && mergedPrompts(before.prompts, after.prompts);
  return {
    samples: before.samples + after.samples,
    sums: added(before.sums, after.sums),
    counts: added(before.counts, after.counts),
    firings: before.firings.map((count, q) => count + (after.firings[q] as number)),
    ...(prompts ? { prompts } : {}),
  };
}

/** Inputs of a smaller norm have ratio ||y||, as in SAEBench. */
const SMALL = 1e-4;

const zero: Readonly<Record<CoreQuantity, number>> = {
  error: 0,
  power: 0,
  variance: 0,
  legacy: 0,
  cosine: 0,
  inputNorm: 0,
  outputNorm: 0,
  ratio: 0,
  outputPower: 0,
  product: 0,
  active: 0,
  codes: 0,
};

function added<K extends string>(a: Readonly<Record<K, number>>, b: Readonly<Record<K, number>>): Record<K, number> {
  return Object.fromEntries(Object.keys(a).map((key) => [key, a[key as K] + b[key as K]])) as Record<K, number>;
}

function promptSums(nQ: number, { offsets, latents }: SparseRows, documents: Int32Array): PromptSums {
  const sums = { count: new Float64Array(nQ), first: new Int32Array(nQ).fill(-1), last: new Int32Array(nQ).fill(-1) };
  for (const [row, document] of documents.entries()) {
    for (let e = offsets[row] as number; e < (offsets[row + 1] as number); e++) {
      const latent = latents[e] as number;
      if (sums.last[latent] === document) continue;
      sums.count[latent] = (sums.count[latent] as number) + 1;
      sums.last[latent] = document;
      if (sums.first[latent] === -1) sums.first[latent] = document;
    }
  }
  return sums;
}

function mergedPrompts(before: PromptSums, after: PromptSums): PromptSums {
  const isShared = (q: number): boolean => before.last[q] !== -1 && before.last[q] === after.first[q];
  return {
    count: before.count.map((count, q) => count + (after.count[q] as number) - Number(isShared(q))),
    first: before.first.map((document, q) => (document === -1 ? (after.first[q] as number) : document)),
    last: after.last.map((document, q) => (document === -1 ? (before.last[q] as number) : document)),
  };
}
