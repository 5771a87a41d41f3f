import type { IsolatedCodes } from "@monosema/theory";
import { type AuditFinding, type AuditPart, capped, joined, nothing } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";

/** Features named for each latent. */
const NAMED = 10;

/**
 * Latents that several features switch on, each alone at unit size, with the features they mix; and features that switch on none.
 * The latents that mix most come first: by the share of their energy that is not that of their first feature.
 */
export function polysemanticLatents({ features: known, limits: { findings: most } }: AuditSubject): AuditPart {
  if (known === null) return nothing;
  const { isolated, pattern, prove } = known;
  const { polysemantic, uncovered, ambiguous, sets } = pattern;
  const { codes } = isolated;
  const ranked = polysemantic
    .map((latent) => ({ latent, ...mixtureOf(codes, latent, sets[latent] as readonly number[]) }))
    .sort((a, b) => b.mixed - a.mixed || a.latent - b.latent);
  const mixtures = ranked.map(({ latent, mixed, features, shares }, at): AuditFinding => {
    const certificate = at < most ? prove([latent]) : undefined;
    const count = (sets[latent] as readonly number[]).length;
    return {
      kind: "polysemantic",
      latent,
      summary: `fires on ${count} features, each alone; ${(100 * mixed).toFixed(0)} % of its energy is not feature ${features[0]}`,
      evidence: { features, energyShares: shares, count, mixed },
      ...(certificate ? { certificate } : {}),
    };
  });
  const missing = uncovered.map(
    (feature): AuditFinding => ({
      kind: "uncovered",
      feature,
      summary: "switches on no latent when it is alone at unit size",
      evidence: {},
    }),
  );
  const part = joined(capped(mixtures, most), capped(missing, most));
  const proved = part.findings.some(({ certificate }) => certificate !== undefined);
  return {
    findings: part.findings,
    undecided: [
      ...part.undecided,
      ...(ambiguous.length > 0
        ? [`activation pattern: ${ambiguous.length} pairs of latent and feature are too close to the threshold to call`]
        : []),
      ...(polysemantic.length > 0 && !proved
        ? ["polysemantic latents: the pattern has no proof at this size or this close to ties; it was computed once"]
        : []),
    ],
  };
}

/** The features of a latent by energy, their shares of it, and the share that is not that of the first. */
function mixtureOf(
  { cols, data }: IsolatedCodes["codes"],
  latent: number,
  set: readonly number[],
): { readonly features: readonly number[]; readonly shares: readonly number[]; readonly mixed: number } {
  const energy = (d: number): number => (data[d * cols + latent] as number) ** 2;
  const total = set.reduce((sum, d) => sum + energy(d), 0) || 1;
  const features = [...set].sort((a, b) => energy(b) - energy(a)).slice(0, NAMED);
  const shares = features.map((d) => energy(d) / total);
  return { features, shares, mixed: 1 - (shares[0] as number) };
}
