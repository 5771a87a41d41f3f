import type { Backend } from "@monosema/tensor";
import type { AbsorptionEntry } from "./absorption.js";
import { closeRows } from "./closeRows.js";
import { type Branch, branchesOf, type CompositeMatch, coneFit, matchesOfBranches } from "./compositeMatches.js";
import { bestMatches } from "./matches.js";
import type { Similarity } from "./similarity.js";

/** What a latent is, by precedence: dead, duplicate, feature, composite, absorbed, split, dense, none. */
export type LatentKind = "feature" | "composite" | "absorbed" | "split" | "duplicate" | "dense" | "dead" | "none";

/** All kinds, as they are shown. */
export const latentKindNames: readonly LatentKind[] = [
  "feature",
  "composite",
  "absorbed",
  "split",
  "duplicate",
  "dense",
  "dead",
  "none",
];

/** What became of a feature: anchored ones are not scored. */
export type FeatureOutcome = "found" | "composite" | "lost" | "anchored";

/** What {@link latentKinds} needs to know. */
export interface LatentKindsInput {
  /** Signed cosines of decoder rows and features `[Q, N]`: `similarity`. */
  readonly similarity: Similarity;
  /** `[Q, R]`. */
  readonly decoder: Float32Array | Float64Array;
  /** `[N, R]`. */
  readonly targetFeatures: Float32Array | Float64Array;
  /** Samples in which each latent fires `[Q]`. */
  readonly fired: Float64Array;
  /** Samples. */
  readonly samples: number;
  /** Parent of each feature, -1 for none, `[N]`; absent: no hierarchy. */
  readonly parentOf?: Int32Array;
  /** Pairs of a latent and a child whose parent it absorbs: flagged entries of `absorption`. */
  readonly absorbing?: readonly Pick<AbsorptionEntry, "child" | "childLatent">[];
  /** Features that are not scored, because rows were anchored to them. */
  readonly exclude?: readonly number[];
}

/** What the latents are, and what became of the features. */
export interface LatentKindsReport {
  /** Kind of each latent `[Q]`. */
  readonly kinds: readonly LatentKind[];
  /** Share of each kind; they sum to 1. */
  readonly shares: Readonly<Record<LatentKind, number>>;
  /** The sum that each composite latent holds. */
  readonly composites: readonly CompositeMatch[];
  /** Outcome of each feature `[N]`. */
  readonly outcomes: readonly FeatureOutcome[];
  /** Share of the scored features with a decoder row of signed cosine above .9. */
  readonly found: number;
  /** Share of the scored features without such a row, but with one that holds them together with ancestors. */
  readonly foundComposite: number;
}

/** Cosine above which a direction is found. */
const TAU = 0.9;
/** Cosine above which a latent holds a part of a feature (our choice). */
const PART = 0.7;
/** Share of the samples above which a latent is dense. */
const DENSE = 0.1;

/**
 * Sorts latents by what they are and features by whether they were found, so that sums along a hierarchy do not count as noise. `dead`:
 * fires on no sample. `duplicate`: another latent holds the same feature better, or has a decoder row of cosine above .9. `feature`: cosine
 * above .9 with a feature. `composite`: see `compositeMatches`. `absorbed`: the latent of a child that took its parent over, without being
 * their sum. `split`: one of several latents that hold a part of one feature. `dense`: fires on more than a tenth of the samples.
 */
export async function latentKinds(backend: Backend, input: LatentKindsInput): Promise<LatentKindsReport> {
  const { similarity, targetFeatures, fired, samples, parentOf, exclude = [] } = input;
  const { rows, columns, cosine } = similarity;
  const { best, featureOf } = bestMatches({ values: cosine, rows, columns });
  const own = Float64Array.from(featureOf, (feature, latent) => cosine[latent * columns + feature] as number);
  const branches = parentOf === undefined ? [] : branchesOf(targetFeatures, parentOf);
  const matches = parentOf === undefined ? [] : matchesOfBranches(similarity, branches, parentOf, TAU);
  const compositeOf = bestByLatent(matches);

  const kinds = new Array<LatentKind>(rows).fill("none");
  const live = Array.from(kinds.keys()).filter((latent) => (fired[latent] as number) > 0);
  const isMatched = (latent: number): boolean => (own[latent] as number) > TAU;
  const duplicates = await duplicatesOf(backend, input, live, featureOf, own, isMatched, compositeOf);
  const absorbed = absorbedLatents(input, branches);
  const isSplit = splitLatents(
    live.filter((latent) => !duplicates.has(latent)),
    featureOf,
    own,
  );
  fired.forEach((count, latent) => {
    if (count === 0) kinds[latent] = "dead";
    else if (duplicates.has(latent)) kinds[latent] = "duplicate";
    else if (isMatched(latent)) kinds[latent] = "feature";
    else if (compositeOf.has(latent)) kinds[latent] = "composite";
    else if (absorbed.has(latent)) kinds[latent] = "absorbed";
    else if (isSplit(latent)) kinds[latent] = "split";
    else if (count > DENSE * samples) kinds[latent] = "dense";
  });

  const excluded = new Set(exclude);
  const held = new Set(matches.map(({ feature }) => feature));
  const outcomes = Array.from(best, (cosine, feature): FeatureOutcome => {
    if (excluded.has(feature)) return "anchored";
    return cosine > TAU ? "found" : held.has(feature) ? "composite" : "lost";
  });
  const scored = columns - excluded.size;
  const shareOf = (outcome: FeatureOutcome): number =>
    outcomes.filter((other) => other === outcome).length / Math.max(1, scored);
  return {
    kinds,
    shares: Object.fromEntries(
      latentKindNames.map((name) => [name, kinds.filter((kind) => kind === name).length / rows]),
    ) as Record<LatentKind, number>,
    composites: [...compositeOf.values()].filter(({ latent }) => kinds[latent] === "composite"),
    outcomes,
    found: shareOf("found"),
    foundComposite: shareOf("composite"),
  };
}

/** The match of the largest cosine of each latent. */
function bestByLatent(matches: readonly CompositeMatch[]): ReadonlyMap<number, CompositeMatch> {
  const best = new Map<number, CompositeMatch>();
  for (const match of matches) {
    if (match.cosine > (best.get(match.latent)?.cosine ?? 0)) best.set(match.latent, match);
  }
  return best;
}

/** All but the best of each group: latents of one feature, or of decoder rows with cosine above .9. */
async function duplicatesOf(
  backend: Backend,
  { decoder, similarity: { rows } }: LatentKindsInput,
  live: readonly number[],
  featureOf: Int32Array,
  own: Float64Array,
  isMatched: (latent: number) => boolean,
  compositeOf: ReadonlyMap<number, CompositeMatch>,
): Promise<ReadonlySet<number>> {
  const quality = (latent: number): number => compositeOf.get(latent)?.cosine ?? (own[latent] as number);
  const matched = live.filter(isMatched).sort((a, b) => (own[b] as number) - (own[a] as number) || a - b);
  const others = live.filter((latent) => !isMatched(latent)).sort((a, b) => quality(b) - quality(a) || a - b);
  const close = await closeRows(backend, decoder, rows, others, live, TAU);
  const kept = new Set<number>();
  const taken = new Set<number>();
  for (const latent of matched) {
    if (taken.has(featureOf[latent] as number)) continue;
    taken.add(featureOf[latent] as number);
    kept.add(latent);
  }
  for (const latent of others) {
    if (!(close.get(latent) ?? []).some((other) => other !== latent && kept.has(other))) kept.add(latent);
  }
  return new Set(live.filter((latent) => !kept.has(latent)));
}

/** Latents of flagged children that hold a part of the branch. */
function absorbedLatents(
  { similarity: { cosine, columns }, absorbing = [] }: LatentKindsInput,
  branches: readonly Branch[],
): ReadonlySet<number> {
  const branchOf = new Map(branches.map((branch) => [branch.feature, branch]));
  const holds = absorbing.filter(({ childLatent, child }) => {
    const branch = branchOf.get(child);
    if (branch === undefined) return false;
    const cosines = Float64Array.from(branch.chain, (member) => cosine[childLatent * columns + member] as number);
    return coneFit(branch.gram, cosines).cosine > PART;
  });
  return new Set(holds.map(({ childLatent }) => childLatent));
}

/** Whether a latent holds a part of a feature of which another one holds a part too. */
function splitLatents(
  distinct: readonly number[],
  featureOf: Int32Array,
  own: Float64Array,
): (latent: number) => boolean {
  const parts = distinct.filter((latent) => (own[latent] as number) > PART);
  const holders = new Map<number, number>();
  for (const latent of parts) {
    const feature = featureOf[latent] as number;
    holders.set(feature, (holders.get(feature) ?? 0) + 1);
  }
  return (latent) => (own[latent] as number) > PART && (holders.get(featureOf[latent] as number) ?? 0) > 1;
}
