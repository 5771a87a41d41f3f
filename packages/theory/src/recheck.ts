import { recheckDimension } from "./recheck/dimension.js";
import { recheckEscape } from "./recheck/escape.js";
import { recheckFarkas } from "./recheck/farkas.js";
import { recheckNoPartialMinimum } from "./recheck/noPartialMinimum.js";
import type { Recheck } from "./recheck/outcome.js";
import { recheckPartialMinimum } from "./recheck/partialMinimum.js";
import { recheckRealization } from "./recheck/realization.js";
import { recheckSelectionSize } from "./recheck/selectionSize.js";
import { recheckTheorem } from "./recheck/theorem.js";
import { recheckWitness } from "./recheck/witness.js";
import type { Certificate } from "./verdict.js";

/**
 * Verifies a certificate by plain matrix-vector products, independent of the code that made it: nothing of the solvers is used.
 *
 * @throws TypeError for an unknown kind
 */
export function recheck(certificate: Certificate): Recheck {
  switch (certificate.kind) {
    case "realization":
      return recheckRealization(certificate);
    case "farkas":
      return recheckFarkas(certificate);
    case "selection-size":
      return recheckSelectionSize(certificate);
    case "dimension":
      return recheckDimension(certificate);
    case "escape":
      return recheckEscape(certificate);
    case "no-partial-minimum":
      return recheckNoPartialMinimum(certificate);
    case "partial-minimum":
      return recheckPartialMinimum(certificate);
    case "theorem":
      return recheckTheorem(certificate);
    case "witness":
      return recheckWitness(certificate);
    default:
      throw new TypeError(
        `recheck: certificate.kind must be one of the kinds of Certificate, got ${(certificate as { kind: unknown }).kind}; pass a certificate as it was returned`,
      );
  }
}
