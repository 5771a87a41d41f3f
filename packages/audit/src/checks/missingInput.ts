import type { AuditPart } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";

/** What only true directions, their weights, or samples can tell. */
export function missingInput({ features, equalWeights, statistics }: AuditSubject): AuditPart {
  return {
    findings: [],
    undecided: [
      ...(features === null
        ? [
            "which features a latent mixes, which parent a child absorbs and how many features are recovered: no true features were given",
            "solution set and global bounds of the approximate loss: no true features were given",
          ]
        : []),
      ...(statistics === null ? ["nothing is known of samples: no data were given"] : []),
      ...(equalWeights ? ["features were weighted equally: no weights were given"] : []),
    ],
  };
}
