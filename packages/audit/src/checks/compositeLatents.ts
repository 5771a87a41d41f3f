import { takeRows } from "@monosema/numerics";
import { conicIndependenceCore } from "@monosema/theory/core";
import { type AuditFinding, type AuditPart, capped, leave as leftOut, nothing } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";

/** Most parts of a latent that is listed as composed of them. */
const PARTS = 5;
/** Decoders per dimension beyond which lying in the cone of the others is nothing special. */
const CROWDED = 2;

/**
 * Latents whose decoder is a nonnegative combination of a few others, proved (Farkas): what can be seen of mixtures without the true
 * features. Not looked for among more than twice as many decoders as dimensions: random ones then lie in the cone of the others,
 * more likely than not (Wendel 1962).
 */
export function compositeLatents({ model: { decoder }, features, pairs, dead, limits }: AuditSubject): AuditPart {
  if (features !== null) return nothing;
  const leave = (why: string): AuditPart => leftOut(`composite latents: ${why}`);
  const left = new Set([...dead, ...pairs.zeroRows]);
  const alive = Array.from({ length: decoder.rows }, (_, i) => i).filter((i) => !left.has(i));
  if (alive.length === 0) return nothing;
  if (alive.length > CROWDED * decoder.cols) {
    return leave(
      `${alive.length} decoders in ${decoder.cols} dimensions are combinations of many others as random ones are, which says nothing`,
    );
  }
  if (alive.length > limits.conic) {
    return leave(
      `${alive.length} decoders are more than the ${limits.conic} tested for conic independence: raise limits.conic`,
    );
  }
  const { perFeature, positivelySpanning, warnings } = conicIndependenceCore({ featuresP: takeRows(decoder, alive) });
  const composed = perFeature.flatMap(({ feature, mu, certificate }): AuditFinding[] => {
    if (mu === null || certificate === null) return [];
    const parts = Array.from(mu.keys()).filter((j) => (mu[j] as number) > 0);
    if (parts.length === 0 || parts.length > PARTS) return [];
    return [
      {
        kind: "composite",
        latent: alive[feature] as number,
        summary: `its decoder is a nonnegative combination of those of ${parts.length} other latents`,
        evidence: { parts: parts.map((j) => alive[j] as number), weights: parts.map((j) => mu[j] as number) },
        certificate,
      },
    ];
  });
  const independent = perFeature.filter((one) => one.independent).length;
  const summary: AuditFinding = {
    kind: "conic",
    summary: `${independent} of ${alive.length} decoders lie outside the cone of the others`,
    evidence: { of: "decoder", independent, tested: alive.length, positivelySpanning },
  };
  const listed = capped(composed, limits.findings);
  return { findings: [summary, ...listed.findings], undecided: [...listed.undecided, ...warnings] };
}
