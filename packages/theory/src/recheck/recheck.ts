import { type DimensionCertificate, recheckDimension } from "./dimension.js";
import { type EscapeCertificate, recheckEscape } from "./escape.js";
import { type FarkasCertificate, recheckFarkas } from "./farkas.js";
import { type NoPartialMinimumCertificate, recheckNoPartialMinimum } from "./noPartialMinimum.js";
import type { Recheck } from "./outcome.js";
import { type PartialMinimumCertificate, recheckPartialMinimum } from "./partialMinimum.js";
import { type RealizationCertificate, recheckRealization } from "./realization.js";
import { recheckSelectionSize, type SelectionSizeCertificate } from "./selectionSize.js";
import { recheckTheorem, type TheoremCertificate } from "./theorem.js";
import { recheckWitness, type WitnessCertificate } from "./witness.js";

/** Self-contained plain data that prove an answer; {@link recheck} verifies them by plain products. */
export type Certificate =
  | DimensionCertificate
  | EscapeCertificate
  | FarkasCertificate
  | NoPartialMinimumCertificate
  | PartialMinimumCertificate
  | RealizationCertificate
  | SelectionSizeCertificate
  | TheoremCertificate
  | WitnessCertificate;

const rechecks: { readonly [C in Certificate as C["kind"]]: (certificate: C) => Recheck } = {
  dimension: recheckDimension,
  escape: recheckEscape,
  farkas: recheckFarkas,
  "no-partial-minimum": recheckNoPartialMinimum,
  "partial-minimum": recheckPartialMinimum,
  realization: recheckRealization,
  "selection-size": recheckSelectionSize,
  theorem: recheckTheorem,
  witness: recheckWitness,
};

/**
 * Verifies a certificate by plain matrix-vector products, independent of the code that made it: nothing of the solvers is used.
 *
 * @throws TypeError for an unknown kind
 */
export function recheck(certificate: Certificate): Recheck {
  const { kind } = certificate;
  if (!Object.hasOwn(rechecks, kind)) {
    throw new TypeError(
      `recheck: certificate.kind must be one of ${Object.keys(rechecks).join(", ")}, got ${kind}; pass a certificate as it was returned`,
    );
  }
  return (rechecks[kind] as (certificate: Certificate) => Recheck)(certificate);
}
