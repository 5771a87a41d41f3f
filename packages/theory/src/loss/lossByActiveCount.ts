import { checkMatrix, checkRange, type Mat, multiply, row } from "@monosema/numerics";
import { isolatedCodesCore } from "../codes/isolatedCodes.js";
import type { Sigma } from "../sigma.js";
import { sampleBlocks } from "./sampleBlocks.js";

/** A model, its features and samples of their coefficients. */
export interface LossByActiveCountInput {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Coefficients, `[samples, n]`, at least 0. */
  readonly x: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Activation. */
  readonly sigma: Sigma;
}

/** The exact loss, split by the number of active features. */
export interface LossByActiveCount {
  /** Samples with k active features, `[n + 1]`. */
  readonly counts: Float64Array;
  /** Their mean squared error, 0 where there are none, `[n + 1]`. */
  readonly meanLoss: Float64Array;
  /** Their share of the samples, `[n + 1]`. */
  readonly share: Float64Array;
  /** The loss: mean squared error of all samples. */
  readonly total: number;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * Splits the exact loss of samples by how many features are active: the part with one active feature is what the approximate loss of
 * arXiv 2512.05534 (Theorem 3.1) keeps, the rest what it drops. No assumption on the data. Cost O(samples nQ (nP + nR)).
 *
 * @throws RangeError where shapes do not fit, or a coefficient is negative or not finite
 */
export function lossByActiveCount(input: LossByActiveCountInput): LossByActiveCount {
  const { encoder, decoder, x, featuresP, featuresR, sigma } = input;
  const n = featuresP.rows;
  checkMatrix("lossByActiveCount", "featuresP", featuresP);
  checkMatrix("lossByActiveCount", "encoder", encoder, { cols: featuresP.cols });
  checkMatrix("lossByActiveCount", "featuresR", featuresR, { rows: n });
  checkMatrix("lossByActiveCount", "decoder", decoder, { rows: encoder.rows, cols: featuresR.cols });
  checkMatrix("lossByActiveCount", "x", x, { cols: n });
  checkRange("lossByActiveCount", "x", x.data, 0);
  if (x.rows === 0) throw new RangeError("lossByActiveCount: x must have a sample, got 0; pass one per row");

  const counts = new Float64Array(n + 1);
  const meanLoss = new Float64Array(n + 1);
  let sum = 0;
  for (const block of sampleBlocks(x, sigma)) {
    const { codes } = isolatedCodesCore({ encoder, featuresP: multiply(block, featuresP), sigma });
    const output = multiply(codes, decoder);
    const target = multiply(block, featuresR);
    for (let sample = 0; sample < block.rows; sample++) {
      const active = row(block, sample).reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
      const loss = squaredDistance(row(target, sample), row(output, sample));
      counts[active] = (counts[active] as number) + 1;
      meanLoss[active] = (meanLoss[active] as number) + loss;
      sum += loss;
    }
  }
  counts.forEach((count, k) => {
    if (count > 0) meanLoss[k] = (meanLoss[k] as number) / count;
  });
  const warnings = counts[1] === 0 ? ["no sample has exactly one active feature: the approximate loss sees none"] : [];
  return { counts, meanLoss, share: counts.map((count) => count / x.rows), total: sum / x.rows, warnings };
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}
