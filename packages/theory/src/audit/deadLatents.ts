import { row } from "../mat.js";
import type { ActivationPattern } from "../patterns/activationPattern.js";
import { thresholdOf } from "../sigma.js";
import { norm } from "../vector.js";
import type { FoldedModel } from "./auditModel.js";
import { type AuditFinding, type AuditPart, capped } from "./finding.js";
import type { ProvePattern } from "./patternProof.js";
import type { SampleStatistics } from "./sampleStatistics.js";

/** Latents that never fire, as far as that can be known. */
export interface DeadLatents extends AuditPart {
  /** The latents, ascending. */
  readonly latents: readonly number[];
}

/**
 * Latents silent on all samples and on all features, as far as given; with neither, those that no input can switch on (a row of zeros)
 * or whose decoder is zero.
 */
export function deadLatents(
  model: FoldedModel,
  statistics: SampleStatistics | null,
  pattern: ActivationPattern | null,
  prove: ProvePattern | null,
  most: number,
): DeadLatents {
  const silentOnFeatures = pattern && new Set(pattern.dead);
  const latents: number[] = [];
  for (let i = 0; i < model.encoder.rows; i++) {
    const onData = statistics === null || statistics.active[i] === 0;
    const onFeatures = silentOnFeatures === null || silentOnFeatures.has(i);
    const known = statistics !== null || silentOnFeatures !== null || hasNoEffect(model, i);
    if (onData && onFeatures && known) latents.push(i);
  }
  const where = [
    ...(statistics ? [`${statistics.samples} samples`] : []),
    ...(pattern ? ["each feature alone"] : []),
  ].join(" and ");
  const findings = latents.map((latent, at): AuditFinding => {
    const certificate = at < most ? prove?.([latent]) : undefined;
    return {
      kind: "dead",
      latent,
      summary: where === "" ? "no input gives it an effect" : `silent on ${where}`,
      evidence: {
        ...(statistics ? { samples: statistics.samples, active: 0 } : {}),
        encoderNorm: norm(row(model.encoder, latent)),
        decoderNorm: norm(row(model.decoder, latent)),
      },
      ...(certificate ? { certificate } : {}),
    };
  });
  const listed = capped(findings, most);
  return {
    latents,
    findings: listed.findings,
    undecided: [
      ...listed.undecided,
      ...(statistics
        ? []
        : [
            pattern
              ? "dead latents: without data, silence is known for each feature alone and not for what occurs together"
              : "dead latents: without data or features only rows of zeros are counted",
          ]),
    ],
  };
}

/** The row is zero below its threshold, or the decoder is zero. */
function hasNoEffect({ encoder, decoder, sigma }: FoldedModel, latent: number): boolean {
  if (norm(row(decoder, latent)) === 0) return true;
  return sigma.kind !== "topk" && norm(row(encoder, latent)) === 0 && thresholdOf(sigma, latent) >= 0;
}
