import type { SparseRows } from "@monosema/tensor";

/** How well latents predict the features they match, plain means over all latents; dead latents count 0. */
export interface ClassificationReport {
  /** Share of firings of a latent where its feature is present. */
  readonly precision: number;
  /** Share of presences of a feature where its latent fires. */
  readonly recall: number;
  /** Harmonic mean of precision and recall, by latent. */
  readonly f1: number;
  /** Share of samples where latent and feature agree. */
  readonly accuracy: number;
  /** Mean number of positive codes per sample (`sae_l0`). */
  readonly l0: number;
  /** Mean number of positive coefficients per sample (`true_l0`). */
  readonly trueL0: number;
  /** Samples seen. */
  readonly samples: number;
}

/** Counts batch by batch. */
export interface ClassificationCounter {
  /** Adds a batch: codes of the model and true coefficients of the same samples. */
  add(codes: SparseRows, coefficients: SparseRows): void;
  /** The report of all batches so far; undefined quotients are 0. */
  report(): ClassificationReport;
}

/**
 * Precision, recall, F1 and accuracy of latents against features: latent j is scored against `featureOf[j]`; predicted is a code
 * above 0, true a coefficient above 0.
 *
 * @param featureOf - feature that each latent matches best, `[Q]`, from `recovery`
 * @param n - number of features
 */
export function classification(featureOf: Int32Array, n: number): ClassificationCounter {
  const predicted = new Float64Array(featureOf.length);
  const correct = new Float64Array(featureOf.length);
  const present = new Float64Array(n);
  const lastSeen = new Float64Array(n).fill(-1);
  let samples = 0;
  return {
    add: (codes, coefficients) => {
      const size = codes.offsets.length - 1;
      if (coefficients.offsets.length - 1 !== size) {
        throw new RangeError(
          `classification: codes and coefficients must have the same samples, got ${size} and ${coefficients.offsets.length - 1}; pass one batch`,
        );
      }
      for (let row = 0; row < size; row++) {
        forPositive(coefficients, row, (feature) => {
          present[feature] = (present[feature] as number) + 1;
          lastSeen[feature] = samples + row;
        });
        forPositive(codes, row, (latent) => {
          predicted[latent] = (predicted[latent] as number) + 1;
          const hit = lastSeen[featureOf[latent] as number] === samples + row;
          if (hit) correct[latent] = (correct[latent] as number) + 1;
        });
      }
      samples += size;
    },
    report: () => {
      const total = { precision: 0, recall: 0, f1: 0, accuracy: 0 };
      featureOf.forEach((feature, latent) => {
        const hits = correct[latent] as number;
        const fired = predicted[latent] as number;
        const there = present[feature] as number;
        total.precision += quotient(hits, fired);
        total.recall += quotient(hits, there);
        total.f1 += quotient(2 * hits, fired + there);
        total.accuracy += quotient(samples - fired - there + 2 * hits, samples);
      });
      const latents = featureOf.length;
      return {
        precision: total.precision / latents,
        recall: total.recall / latents,
        f1: total.f1 / latents,
        accuracy: total.accuracy / latents,
        l0: quotient(sum(predicted), samples),
        trueL0: quotient(sum(present), samples),
        samples,
      };
    },
  };
}

/**
 * Calls `visit` with index and value of each positive entry of a row: what fires in a sample.
 *
 * @param rows - codes or coefficients `[B, Q]`
 */
export function forPositive(rows: SparseRows, row: number, visit: (index: number, value: number) => void): void {
  for (let at = rows.offsets[row] as number; at < (rows.offsets[row + 1] as number); at++) {
    const value = rows.values[at] as number;
    if (value > 0) visit(rows.latents[at] as number, value);
  }
}

function quotient(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
