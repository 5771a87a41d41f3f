import type { DimensionCertificate } from "./recheck/dimension.js";
import type { EscapeCertificate } from "./recheck/escape.js";
import type { FarkasCertificate } from "./recheck/farkas.js";
import type { NoPartialMinimumCertificate } from "./recheck/noPartialMinimum.js";
import type { PartialMinimumCertificate } from "./recheck/partialMinimum.js";
import type { RealizationCertificate } from "./recheck/realization.js";
import type { SelectionSizeCertificate } from "./recheck/selectionSize.js";
import type { TheoremCertificate } from "./recheck/theorem.js";
import type { WitnessCertificate } from "./recheck/witness.js";

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

/** An answer on identifiability with its proof. */
export interface Verdict {
  /** The answer; `undecided` where neither side could be proved. */
  readonly verdict: "identifiable" | "not-identifiable" | "undecided";
  /** The rule that gave it, in one sentence. */
  readonly reason: string;
  /** The proof, null where undecided. */
  readonly certificate: Certificate | null;
  /** Remarks. */
  readonly warnings: readonly string[];
}
