import type { SdlSpec } from "../spec.js";
import { auxK } from "./auxK.js";
import { gatedAuxiliary } from "./gatedAuxiliary.js";
import { l0 } from "./l0.js";
import { l1 } from "./l1.js";
import type { Term } from "./term.js";
import { weightDecay } from "./weightDecay.js";

/** The loss terms that a spec asks for, in a fixed order. */
export function termsOf({ terms, activation }: SdlSpec): readonly Term[] {
  return [
    ...(terms.l1 ? [l1(terms.l1)] : []),
    ...(terms.l0 ? [l0(terms.l0)] : []),
    ...(activation.kind === "gated" ? [gatedAuxiliary()] : []),
    ...(terms.auxK ? [auxK(terms.auxK.coefficient)] : []),
    ...(terms.weightDecay ? [weightDecay(terms.weightDecay)] : []),
  ];
}
