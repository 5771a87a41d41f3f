import { assignment } from "@monosema/numerics";

/** A similarity matrix. */
export interface ScoreMatrix {
  /** `[Q, N]` row-major: learned by true. */
  readonly values: Float32Array | Float64Array;
  /** Learned rows, Q. */
  readonly rows: number;
  /** True columns, N. */
  readonly columns: number;
}

/** The largest entry of each column and of each row; ties by the lowest index. */
export interface BestMatches {
  /** s_i: largest entry of each true feature, `[N]`. */
  readonly best: Float64Array;
  /** Latent where it stands, `[N]`. */
  readonly latentOf: Int32Array;
  /** Feature that each latent matches best, `[Q]`. */
  readonly featureOf: Int32Array;
}

/** Finds the largest entry of each column and of each row. Cost Q N. */
export function bestMatches({ values, rows, columns }: ScoreMatrix): BestMatches {
  const best = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const latentOf = new Int32Array(columns).fill(-1);
  const featureOf = new Int32Array(rows).fill(-1);
  for (let latent = 0; latent < rows; latent++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let feature = 0; feature < columns; feature++) {
      const value = values[latent * columns + feature] as number;
      if (value > largest) {
        largest = value;
        featureOf[latent] = feature;
      }
      if (value > (best[feature] as number)) {
        best[feature] = value;
        latentOf[feature] = latent;
      }
    }
  }
  return { best, latentOf, featureOf };
}

/** One latent for each feature at most: the one-to-one matching with the largest sum of scores. */
export interface OneToOne {
  /** Latent of each feature, -1 without one, `[N]`. */
  readonly latentOf: Int32Array;
  /** Its score, 0 without a latent, `[N]`. */
  readonly score: Float64Array;
  /** Mean score of the pairs, of which there are min(Q, N): the MCC. */
  readonly mean: number;
}

/** Matches latents and features one to one (Hungarian method). */
export function oneToOne({ values, rows, columns }: ScoreMatrix): OneToOne {
  const { rowOf, sum } = assignment(values, rows, columns);
  const score = Float64Array.from(rowOf, (latent, feature) =>
    latent < 0 ? 0 : (values[latent * columns + feature] as number),
  );
  return { latentOf: rowOf, score, mean: sum / Math.min(rows, columns) };
}

/** M_GT(tau): share of the features whose best match is above tau, strictly (paper section 5). */
export function groundTruthRecovery(best: Float64Array, tau: number, evaluated: readonly number[]): number {
  if (!(tau > 0 && tau < 1)) {
    throw new RangeError(`groundTruthRecovery: tau must lie between 0 and 1, got ${tau}; pass a threshold such as .95`);
  }
  return evaluated.filter((feature) => (best[feature] as number) > tau).length / evaluated.length;
}

/** M_IP: mean of the features' best matches (paper section 5). */
export function meanInnerProduct(best: Float64Array, evaluated: readonly number[]): number {
  return evaluated.reduce((sum, feature) => sum + (best[feature] as number), 0) / evaluated.length;
}

/** Uniqueness: number of different features that latents match best, divided by the number of latents. */
export function uniqueness(featureOf: Int32Array): number {
  return new Set(featureOf).size / featureOf.length;
}
