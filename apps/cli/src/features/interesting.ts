import type { FeatureRecord } from "@monosema/features";

/** Share of the rows above which a latent tells nothing. */
const DENSE = 0.1;
/** Examples that say something. */
const FEW = 5;
/** Tokens of a latent that count together. */
const TOKENS = 3;

/**
 * The latents to look at first: named ones, then those that a few tokens or a class explain, of several that the same token explains the
 * best one. A guess of what reads well, not a measure of quality.
 */
export function interesting(features: readonly FeatureRecord[], count: number): readonly FeatureRecord[] {
  const ranked = features
    .filter((one) => one.count > 0 && (one.name !== undefined || (one.rate <= DENSE && one.examples.length >= FEW)))
    .map((feature) => ({ feature, clarity: clarityOf(feature) }))
    .sort((a, b) => b.clarity - a.clarity || b.feature.count - a.feature.count || a.feature.latent - b.feature.latent);
  const seen = new Set<unknown>();
  const chosen: FeatureRecord[] = [];
  for (const { feature } of ranked) {
    const key = feature.name ?? feature.tokens?.[0]?.text?.trim().toLowerCase() ?? feature.latent;
    if (seen.has(key)) continue;
    seen.add(key);
    chosen.push(feature);
    if (chosen.length === count) break;
  }
  return chosen;
}

function clarityOf({ name, check, tokens, class: best }: FeatureRecord): number {
  const named = name === undefined && check === undefined ? 0 : 2;
  const few = (tokens ?? []).slice(0, TOKENS);
  const carried = few.reduce((sum, { share }) => sum + share, 0);
  // Words say more than signs, and several words more than one.
  const isWord = /\p{Letter}{2}/u.test(few[0]?.text ?? "");
  const areSeveral = few.filter(({ share }) => share >= 0.1).length > 1;
  return named + Math.max(carried * (isWord ? 1 : 0.5) * (areSeveral ? 1 : 0.9), best?.f1 ?? 0);
}
