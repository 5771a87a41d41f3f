import { checkRange, checkVector } from "@monosema/numerics";
import type { Verdict } from "@monosema/theory";
import { identifiabilityCore } from "@monosema/theory/core";
import { decompositionSize } from "./limits.js";
import type { CheckedFeatures } from "./subject/auditFeatures.js";
import type { PlainModel } from "./subject/foldDictionary.js";

/** What selects among models with the same loss. */
export interface AuditRegulariser {
  /** Nothing, the fewest active codes, or L1 with decoder rows of norm at most 1. */
  readonly kind: "none" | "l0" | "l1-unit-norm";
  /** Weight of ||z_d||_1 under `l1-unit-norm`, `[n]`; default small enough that no feature is given up. */
  readonly ell?: ArrayLike<number>;
}

/** RangeError unless the weights of a regulariser fit the features, where both are given. */
export function checkRegulariser({ ell }: AuditRegulariser, features: CheckedFeatures | null): void {
  if (ell === undefined || features === null) return;
  checkVector("auditDictionary", "regulariser.ell", ell, features.featuresP.rows);
  checkRange("auditDictionary", "regulariser.ell", ell, 0);
}

/** Whether the optimal models of this problem recover the features; undecided without features, and beyond the limits. */
export function setupVerdict(
  { encoder, sigma }: PlainModel,
  features: CheckedFeatures | null,
  { kind, ell }: AuditRegulariser,
  limits: { readonly decomposition: number; readonly conic: number },
): Verdict {
  const nQ = encoder.rows;
  const undecided = (reason: string): Verdict => ({ verdict: "undecided", reason, certificate: null, warnings: [] });
  if (features === null)
    return undecided("identifiability is a statement about the true features, and none were given");
  const { featuresP, featuresR, weights } = features;
  const n = featuresP.rows;
  const witness = kind === "none" && sigma.kind === "relu" && sigma.bias === undefined && nQ >= n;
  if (witness && decompositionSize(n, nQ) > limits.decomposition) {
    return undecided(
      `a witness of ${nQ} latents for ${n} features is too large to look for: raise limits.decomposition`,
    );
  }
  if (kind !== "none" && n > limits.conic) {
    return undecided(`conic independence of ${n} features was not tested: raise limits.conic`);
  }
  return identifiabilityCore({ featuresP, featuresR, weights, sigma, nQ, regulariser: kind, ...(ell ? { ell } : {}) });
}
