import type { FeatureOutcome } from "./latentKinds.js";

/** What became of the scored features of a range of firing rates. */
export interface RateBin {
  /** Geometric middle of the range. */
  readonly rate: number;
  /** Scored features in it. */
  readonly features: number;
  /** Share of them that was found. */
  readonly found: number;
  /** Share that was found as part of a composite. */
  readonly composite: number;
}

/**
 * Found and lost features by firing rate, in ranges of equal width on a logarithmic scale; ranges without scored features are left out.
 *
 * @param outcomes - of each feature `[N]`
 * @param rates - how often each fires `[N]`; a rate of 0 counts in the lowest range
 * @param bins - ranges between the smallest positive and the largest rate, default 8
 */
export function outcomesByRate(
  outcomes: readonly FeatureOutcome[],
  rates: ArrayLike<number>,
  bins = 8,
): readonly RateBin[] {
  const positive = Array.from(rates).filter((rate) => rate > 0);
  if (positive.length === 0) return [];
  const least = positive.reduce((a, b) => Math.min(a, b));
  const largest = positive.reduce((a, b) => Math.max(a, b));
  const width = Math.log(largest / least) / bins;
  const binOf = (rate: number): number =>
    rate > 0 && width > 0 ? Math.min(bins - 1, Math.floor(Math.log(rate / least) / width)) : 0;
  const counts = Array.from({ length: bins }, () => ({ features: 0, found: 0, composite: 0 }));
  outcomes.forEach((outcome, feature) => {
    const bin = counts[binOf(rates[feature] as number)];
    if (outcome === "anchored" || bin === undefined) return;
    bin.features += 1;
    if (outcome !== "lost") bin[outcome] += 1;
  });
  return counts
    .map(({ features, found, composite }, i) => ({
      rate: least * Math.exp((i + 0.5) * width),
      features,
      found: found / features,
      composite: composite / features,
    }))
    .filter(({ features }) => features > 0);
}
