import type { Certificate } from "./recheck/recheck.js";

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
