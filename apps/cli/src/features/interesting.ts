import type { FeatureRecord } from "@monosema/features";

/** Share of the rows above which a latent tells nothing. */
const DENSE = 0.1;
/** Examples that say something. */
const FEW = 5;
/** Tokens of a latent that count together. */
const TOKENS = 3;

/**
 * The latents to look at first: named ones, then those that a few tokens or a class explain, of several that the same one explains the
 * best, and among those of which nothing is known the strongest. A guess of what reads well, not a measure of quality.
 */
export function interesting(features: readonly FeatureRecord[], count: number): readonly FeatureRecord[] {
  const ranked = features
    .filter((one) => one.count > 0 && (one.name !== undefined || (one.rate <= DENSE && one.examples.length >= FEW)))
    .map((feature) => ({ feature, clarity: clarityOf(feature) }))
    .sort((a, b) => b.clarity - a.clarity || b.feature.max - a.feature.max || a.feature.latent - b.feature.latent);
  const seen = new Set<unknown>();
  const first = ranked.filter(({ feature }) => {
    const key = subjectOf(feature);
    return !seen.has(key) && seen.add(key);
  });
  const others = ranked.filter((one) => !first.includes(one));
  return [...first, ...others].slice(0, count).map(({ feature }) => feature);
}

/** What two latents may both be about. */
const subjectOf = ({ name, tokens, class: best, latent }: FeatureRecord): string | number =>
  name ?? tokens?.[0]?.text?.trim().toLowerCase() ?? best?.name ?? latent;

function clarityOf({ name, check, tokens, class: best }: FeatureRecord): number {
  const named = name === undefined && check === undefined ? 0 : 2;
  const few = (tokens ?? []).slice(0, TOKENS);
  const carried = few.reduce((sum, { share }) => sum + share, 0);
  // Words say more than signs, and several words more than one.
  const isWord = /\p{Letter}{2}/u.test(few[0]?.text ?? "");
  const areSeveral = few.filter(({ share }) => share >= 0.1).length > 1;
  return named + Math.max(carried * (isWord ? 1 : 0.5) * (areSeveral ? 1 : 0.9), best?.f1 ?? 0);
}
