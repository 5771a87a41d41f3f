import { norm, row } from "@monosema/numerics";
import { type AuditFinding, type AuditPart, capped } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";

/** Latents that never fire, as far as that can be known. */
export function deadLatents({ model, statistics, features, dead, limits }: AuditSubject): AuditPart {
  const where = [
    ...(statistics ? [`${statistics.samples} samples`] : []),
    ...(features ? ["each feature alone"] : []),
  ].join(" and ");
  const findings = dead.map((latent, at): AuditFinding => {
    const certificate = at < limits.findings ? features?.prove([latent]) : undefined;
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
  const listed = capped(findings, limits.findings);
  return {
    findings: listed.findings,
    undecided: [
      ...listed.undecided,
      ...(statistics
        ? []
        : [
            features
              ? "dead latents: without data, silence is known for each feature alone and not for what occurs together"
              : "dead latents: without data or features only rows of zeros are counted",
          ]),
    ],
  };
}
