import { checkSigma, type GatedSigma, type Sigma } from "../sigma.js";

/** What the theorems need of an activation. */
export interface SigmaProperties {
  /** sigma(c z) = c sigma(z) for c > 0, sample by sample. */
  readonly homogeneous: boolean;
  /** codes = mask * pre with a 0/1 mask. */
  readonly maskForm: boolean;
  /** The encoders with one mask form a convex set. */
  readonly regionConvex: boolean;
  /** What a pattern must fix for the map to be linear: the positive codes, or the selected ones. */
  readonly patternBy: "positive" | "selection";
  /** Where a tie goes: a value at 0 is off, a value at theta is off, or the lowest index is selected. */
  readonly tieRule: "zero-off" | "theta-off" | "lowest-index";
  /** Remarks. */
  readonly warnings: readonly string[];
}

/**
 * Properties of an activation that decide which theorems apply.
 *
 * Paper Theorem 3.2 claims biconvexity for every piecewise linear activation on a region with a fixed set of positive codes. It holds
 * for ReLU, JumpReLU, TopK after ReLU and BatchTopK; for pure TopK the region must fix the selection, and a gated
 * activation is not jointly convex. Paper Theorem 3.1 uses homogeneity without assuming it: JumpReLU, biases and the
 * shared threshold of BatchTopK break it.
 *
 * @throws TypeError or RangeError for an activation that does not exist
 */
export function sigmaProperties(sigma: Sigma | GatedSigma): SigmaProperties {
  if (sigma.kind !== "gated") checkSigma("sigmaProperties", sigma);
  return sigmaPropertiesCore(sigma);
}

/** {@link sigmaProperties} of an activation that was checked. */
export function sigmaPropertiesCore(sigma: Sigma | GatedSigma): SigmaProperties {
  const biased = sigma.bias?.some((value) => value !== 0) === true;
  const warnings = biased ? ["a bias makes the activation not homogeneous"] : [];
  const common = { homogeneous: !biased, maskForm: true, regionConvex: true, warnings } as const;
  switch (sigma.kind) {
    case "relu":
      return { ...common, patternBy: "positive", tieRule: "zero-off" };
    case "jumprelu": {
      const theta = typeof sigma.theta === "number" ? [sigma.theta] : sigma.theta;
      return {
        ...common,
        homogeneous: common.homogeneous && theta.every((value) => value === 0),
        patternBy: "positive",
        tieRule: "theta-off",
      };
    }
    case "topk":
      return { ...common, patternBy: "selection", tieRule: "lowest-index" };
    case "topk-relu":
      return { ...common, patternBy: "positive", tieRule: "lowest-index" };
    case "batchtopk-relu":
      return { ...common, homogeneous: false, patternBy: "positive", tieRule: "lowest-index" };
    case "gated":
      return { ...common, maskForm: false, regionConvex: false, patternBy: "positive", tieRule: "zero-off" };
  }
}
