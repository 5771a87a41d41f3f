import { takeRows } from "../mat.js";
import { conicIndependence } from "../patterns/conicIndependence.js";
import type { FoldedModel } from "./auditModel.js";
import { type AuditFinding, type AuditPart, capped } from "./finding.js";

/** Most parts of a latent that is listed as composed of them. */
const PARTS = 5;

/**
 * Latents whose decoder is a nonnegative combination of a few others, proved (Farkas): what can be seen of mixtures without the true
 * features. With many more latents than dimensions nearly every decoder is one of many others, which says nothing.
 *
 * @param alive - latents to look at
 */
export function compositeLatents(
  { decoder }: FoldedModel,
  alive: readonly number[],
  limits: { readonly conic: number; readonly findings: number },
): AuditPart {
  if (alive.length > limits.conic || alive.length === 0) {
    const undecided =
      alive.length === 0
        ? []
        : [
            `composite latents: ${alive.length} decoders are more than the ${limits.conic} tested for conic independence: raise limits.conic`,
          ];
    return { findings: [], undecided };
  }
  const { perFeature, positivelySpanning, warnings } = conicIndependence({ featuresP: takeRows(decoder, alive) });
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
