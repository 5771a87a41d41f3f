import { dot, norm, row } from "@monosema/numerics";
import { type AuditFinding, type AuditPart, capped } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";
import type { DecoderPairs, LatentPair } from "../subject/decoderPairs.js";

/** Cosine from which two rows count as one direction. */
const SAME = 0.99;

/** Pairs of latents that write the same direction, of those that were looked at. */
export const duplicatePairs = ({ similar }: DecoderPairs): readonly LatentPair[] =>
  similar.filter(({ cosine }) => cosine > SAME);

/** Latents that write the same direction, with the cosine of their encoder rows and how often they fire together. */
export function duplicates({ model, pairs, statistics, limits }: AuditSubject): AuditPart {
  const { encoder } = model.plain;
  const findings = pairs.similar.flatMap(({ first, second, cosine }, pair): AuditFinding[] => {
    if (cosine <= SAME) return [];
    const [a, b] = [row(encoder, first), row(encoder, second)];
    const encoderCosine = dot(a, b) / (norm(a) * norm(b) || 1);
    const both = encoderCosine > SAME;
    return [
      {
        kind: "duplicate",
        latent: first,
        summary: both
          ? `the same encoder and decoder direction as latent ${second}`
          : `the same decoder direction as latent ${second}, read by another encoder row`,
        evidence: {
          other: second,
          decoderCosine: cosine,
          encoderCosine,
          ...(statistics
            ? {
                active: statistics.active[first] as number,
                activeOther: statistics.active[second] as number,
                activeTogether: statistics.coactive[pair] as number,
              }
            : {}),
        },
      },
    ];
  });
  return capped(findings, limits.findings);
}
