import type { DictionaryComparison } from "../compare/compareDictionaries.js";
import type { LatentStatistic } from "./statistic.js";

/** What other dictionaries of the same data, such as those of other seeds, say of each latent. */
export interface Replication {
  /** Dictionaries compared. */
  readonly replicas: number;
  /** Largest decoder cosine in each of them: the least and the mean over the dictionaries, `[Q]`. */
  readonly cosine: LeastAndMean;
  /** Correlation of the codes with those of that latent: the least and the mean, `[Q]`. */
  readonly codes: LeastAndMean;
}

/** Over dictionaries. */
export interface LeastAndMean {
  /** `[Q]`. */
  readonly least: Float64Array;
  /** `[Q]`. */
  readonly mean: Float64Array;
}

/**
 * What a comparison with other dictionaries says of the first one's latents.
 *
 * @throws RangeError for a comparison without data
 */
export function replicationOf({ pairs }: Pick<DictionaryComparison, "pairs">): Replication {
  const codes = pairs.map((pair) => {
    if (pair.codes === null) {
      throw new RangeError("replicationOf: the comparison must have data, got none; pass data to compareDictionaries");
    }
    return pair.codes.correlations;
  });
  return {
    replicas: pairs.length,
    cosine: leastAndMean(pairs.map(({ bestCosine }) => bestCosine)),
    codes: leastAndMean(codes),
  };
}

function leastAndMean(all: readonly Float64Array[]): LeastAndMean {
  const [first = new Float64Array(0)] = all;
  const over = (fold: (values: readonly number[]) => number): Float64Array =>
    first.map((_, q) => fold(all.map((values) => values[q] as number)));
  return {
    least: over((values) => Math.min(...values)),
    mean: over((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  };
}

/** Its numbers under the names of statistics. */
export const replicationStatistics = ({ cosine, codes }: Replication): Readonly<Record<string, Float64Array>> => ({
  replicaCosineLeast: cosine.least,
  replicaCosineMean: cosine.mean,
  replicaCodesLeast: codes.least,
  replicaCodesMean: codes.mean,
});

/** Reasons in words, by the same names. */
export const replicationWords: Readonly<Record<string, LatentStatistic["words"]>> = Object.fromEntries([
  ...["replicaCosineLeast", "replicaCosineMean"].map((name) => [
    name,
    { lifts: "comes back in the other dictionaries", lowers: "does not come back in the other dictionaries" },
  ]),
  ...["replicaCodesLeast", "replicaCodesMean"].map((name) => [
    name,
    { lifts: "fires as its counterparts do", lowers: "fires when its counterparts do not" },
  ]),
]);
