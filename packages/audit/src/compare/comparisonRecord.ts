import type { Model } from "@monosema/sdl";
import type { ChanceLevel } from "./chanceLevel.js";
import type { DictionaryComparison, DictionaryPair } from "./compareDictionaries.js";
import type { LatentSum } from "./latentSums.js";

/** A comparison of dictionaries as JSON; the first one is A. */
export interface ComparisonRecord {
  /** The dictionaries, in their order. */
  readonly dictionaries: readonly ComparedDictionary[];
  /** Cosine above which a latent comes back. */
  readonly threshold: number;
  /** Samples read; 0 without. */
  readonly samples: number;
  /** A beside all others. */
  readonly summary: ComparisonSummary;
  /** A beside each other one. */
  readonly comparisons: readonly PairRecord[];
  /** MCC of each two dictionaries, in the order of `dictionaries`. */
  readonly mcc: readonly (readonly number[])[];
  /** Each latent of A. */
  readonly latents: readonly ComparedLatent[];
}

/** A dictionary of a comparison. */
export interface ComparedDictionary {
  /** Its name, such as a path. */
  readonly checkpoint: string;
  /** Kind of dictionary. */
  readonly variant: string;
  /** Kind of activation. */
  readonly activation: string;
  /** Latents. */
  readonly latents: number;
  /** Latents with a decoder row that is not 0 and, where samples were read, firing for one of them: those that are counted. */
  readonly live: number;
}

/** A beside all others; means are over live latents of A and over the others. */
export interface ComparisonSummary {
  /** Share of the live latents of A that come back in all others. */
  readonly replicated: number;
  /** Number of them. */
  readonly replicatedLatents: number;
  /** Mean cosine of the best matches. */
  readonly meanCosine: number;
  /** Mean MCC of A with the others. */
  readonly mcc: number;
  /** Mean correlation of codes with those of the best matches; null without samples. */
  readonly codeCorrelation: number | null;
}

/** A beside another dictionary, B. */
export interface PairRecord {
  /** Name of B. */
  readonly checkpoint: string;
  /** Share of the live latents of A that come back in B. */
  readonly replicated: number;
  /** Number of them. */
  readonly replicatedLatents: number;
  /** Live latents of B that come back in A. */
  readonly foundInFirst: number;
  /** Mean cosine of the best matches of live latents of A. */
  readonly meanCosine: number;
  /** Mean cosine of the one-to-one matching of live latents. */
  readonly mcc: number;
  /** Mean correlation of the codes of live latents of A with those of their best matches; null without samples. */
  readonly codeCorrelation: number | null;
  /** The same over those that come back; null without samples or where none does. */
  readonly replicatedCodeCorrelation: number | null;
  /** Mean Cohen's kappa of the latents of both; null without samples. */
  readonly kappa: number | null;
  /** Latents of A that are sums of latents of B. */
  readonly splits: readonly LatentSum[];
  /** Latents of B that are sums of latents of A. */
  readonly merges: readonly LatentSum[];
  /** What random dictionaries of these sizes give. */
  readonly chance: ChanceLevel;
}

/** A latent of A. */
export interface ComparedLatent {
  /** Latent. */
  readonly latent: number;
  /** Whether it is counted, as {@link ComparedDictionary.live}. */
  readonly live: boolean;
  /** Its match in each other dictionary. */
  readonly matches: readonly ComparedMatch[];
  /** Whether it comes back in all of them. */
  readonly replicated: boolean;
}

/** The match of a latent. */
export interface ComparedMatch {
  /** Name of the other dictionary. */
  readonly checkpoint: string;
  /** Best match: the latent with the largest signed cosine; null where all cosines are 0, as for a decoder row of 0. */
  readonly latent: number | null;
  /** That cosine. */
  readonly cosine: number;
  /** Latent in the one-to-one matching; null for none. */
  readonly oneToOne: number | null;
  /** That cosine; 0 for none. */
  readonly oneToOneCosine: number;
  /** Correlation of its codes with those of the best match; null without samples. */
  readonly codeCorrelation: number | null;
  /** Cohen's kappa of its firings and those of the best match; null without samples. */
  readonly kappa: number | null;
}

/**
 * A comparison as JSON, numbers with six decimals.
 *
 * @param models - those that were compared
 * @param names - of each, such as its path
 */
export function comparisonRecord(
  comparison: DictionaryComparison,
  models: readonly Model[],
  names: readonly string[],
): ComparisonRecord {
  const { threshold, samples, live, pairs, replicated, mcc } = comparison;
  const nameOf = (place: number): string => names[place] as string;
  const own = latentsOf(live[0] as Uint8Array);
  const records = pairs.map((pair, i) =>
    pairRecord(nameOf(i + 1), pair, own, latentsOf(live[i + 1] as Uint8Array), threshold),
  );
  const inAll = latentsOf(replicated).length;
  const correlations = records.flatMap(({ codeCorrelation }) => codeCorrelation ?? []);
  return {
    dictionaries: models.map(({ spec }, i) => ({
      ...{ checkpoint: nameOf(i), variant: spec.variant, activation: spec.activation.kind, latents: spec.nQ },
      live: latentsOf(live[i] as Uint8Array).length,
    })),
    threshold,
    samples,
    summary: {
      replicated: rounded(inAll / Math.max(1, own.length)),
      replicatedLatents: inAll,
      meanCosine: rounded(mean(records.map(({ meanCosine }) => meanCosine))),
      mcc: rounded(mean(records.map((record) => record.mcc))),
      codeCorrelation: correlations.length > 0 ? rounded(mean(correlations)) : null,
    },
    comparisons: records,
    mcc: mcc.map((row) => row.map(rounded)),
    latents: Array.from(replicated, (is, latent) => ({
      latent,
      live: live[0]?.[latent] === 1,
      matches: pairs.map((pair, i) => matchOf(nameOf(i + 1), pair, latent)),
      replicated: is === 1,
    })),
  };
}

function pairRecord(
  checkpoint: string,
  { bestCosine, otherCosine, mcc, codes, kappa, splits, merges, chance }: DictionaryPair,
  own: readonly number[],
  ofOther: readonly number[],
  tau: number,
): PairRecord {
  const above =
    (cosines: Float64Array) =>
    (latent: number): boolean =>
      (cosines[latent] as number) > tau;
  const back = own.filter(above(bestCosine));
  const meanOf = (values: Float64Array | undefined, latents: readonly number[]): number | null =>
    values === undefined || latents.length === 0
      ? null
      : rounded(mean(latents.map((latent) => values[latent] as number)));
  return {
    checkpoint,
    replicated: rounded(back.length / Math.max(1, own.length)),
    replicatedLatents: back.length,
    foundInFirst: ofOther.filter(above(otherCosine)).length,
    meanCosine: meanOf(bestCosine, own) ?? 0,
    mcc: rounded(mcc),
    codeCorrelation: meanOf(codes?.correlations, own),
    replicatedCodeCorrelation: meanOf(codes?.correlations, back),
    kappa: kappa === null ? null : rounded(kappa),
    splits: splits.map(sumRecord),
    merges: merges.map(sumRecord),
    chance,
  };
}

const sumRecord = (sum: LatentSum): LatentSum => ({
  ...sum,
  weights: sum.weights.map(rounded),
  cosine: rounded(sum.cosine),
});

function matchOf(checkpoint: string, pair: DictionaryPair, latent: number): ComparedMatch {
  const { best, bestCosine, matched, matchedCosine, codes } = pair;
  const place = (latents: Int32Array): number | null =>
    (latents[latent] as number) < 0 ? null : (latents[latent] as number);
  return {
    checkpoint,
    latent: place(best),
    cosine: rounded(bestCosine[latent] as number),
    oneToOne: place(matched),
    oneToOneCosine: rounded(matchedCosine[latent] as number),
    codeCorrelation: codes ? rounded(codes.correlations[latent] as number) : null,
    kappa: codes ? rounded(codes.kappas[latent] as number) : null,
  };
}

const latentsOf = (marks: Uint8Array): number[] => [...marks.keys()].filter((latent) => marks[latent] === 1);

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Cosines come from float32. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
