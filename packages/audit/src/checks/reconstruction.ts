import { type AuditPart, nothing } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";

/** How well the samples are reconstructed, and how many latents that takes. */
export function reconstruction({ statistics }: AuditSubject): AuditPart {
  if (statistics === null) return nothing;
  const { samples, reconstructed, fvu, l0 } = statistics;
  return {
    findings: [
      {
        kind: "reconstruction",
        summary: `${l0.toPrecision(3)} latents active per sample; fvu ${fvu === null ? "undefined, targets without variance," : fvu.toPrecision(3)} over ${reconstructed} samples`,
        evidence: { samples, l0, reconstructed, fvu },
      },
    ],
    undecided: [],
  };
}
