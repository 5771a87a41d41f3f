import { assignment } from "@monosema/theory";

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

/** MCC: mean score over the one-to-one matching with the largest sum; min(Q, N) pairs (Hungarian method). */
export function meanMatchedScore({ values, rows, columns }: ScoreMatrix): number {
  return assignment(values, rows, columns).sum / Math.min(rows, columns);
}

/** Uniqueness: number of different features that latents match best, divided by the number of latents. */
export function uniqueness(featureOf: Int32Array): number {
  return new Set(featureOf).size / featureOf.length;
}
