import { anchoredCodeDim } from "@monosema/theory";
import { solutionDimensionCore, zeroLossCheckCore } from "@monosema/theory/core";
import { type AuditFinding, type AuditPart, leave, nothing } from "../finding.js";
import { decompositionSize } from "../limits.js";
import type { AuditSubject } from "../subject/auditSubject.js";

/** How much larger a matrix may be where only its singular values are needed. */
const VALUES_ONLY = 20;

/**
 * Dimension of the set of models with the same outputs on the features (zero-loss models, where the loss is zero), without and with
 * anchors.
 */
export function solutionSet({ model, features, anchors, limits }: AuditSubject): AuditPart {
  if (features === null) return nothing;
  const { encoder, decoder, sigma, zero } = model;
  const { rows, featuresR, pattern } = features;
  const { inputs } = rows;
  const n = inputs.rows;
  const size = pattern.sets.reduce(
    (sum, set) => sum + (set.length > 1 ? decompositionSize(set.length, encoder.cols) : 0),
    decompositionSize(n, encoder.rows),
  );
  if (size > VALUES_ONLY * limits.decomposition) {
    return leave("solution set: its ranks are too large to compute: raise limits.decomposition");
  }
  const problem = { encoder, decoder, featuresP: inputs, featuresR, sigma };
  const { zero: isZero, maxRelResidual } = zeroLossCheckCore({ ...problem, tol: zero });
  const undecided: string[] = [];
  const dimension = (frozen: readonly number[]): AuditFinding[] => {
    try {
      const found = solutionDimensionCore({ ...problem, frozen, force: true });
      if (found.ranks.low !== found.ranks.high || found.upperBoundOnly) {
        undecided.push(`solution set: ${found.warnings.join("; ") || "the dimensions are upper bounds"}`);
      }
      const { kernel, codeDim, rankZ, rankJ, fullRowRank, upperBoundOnly, scaling, encoderNuisance, deadDecoder } =
        found;
      return [
        {
          kind: "solution-dimension",
          summary: `${kernel} dimensions of models have the ${isZero ? "zero loss" : "outputs"} of this one on the features${frozen.length > 0 ? `, with ${frozen.length} latents anchored` : ""}; ${codeDim} of them change what it says`,
          evidence: {
            zeroLoss: isZero,
            maxRelResidual,
            anchored: frozen.length,
            ...{ kernel, codeDim, rankZ, rankJ, fullRowRank, upperBoundOnly, scaling, encoderNuisance, deadDecoder },
            ...(frozen.length > 0 && encoder.rows === n && frozen.length <= n
              ? { codeDimOnExactLoss: anchoredCodeDim(n, frozen.length) }
              : {}),
          },
          ...(found.certificate ? { certificate: found.certificate } : {}),
        },
      ];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      undecided.push(`solution set: ${error.message}`);
      return [];
    }
  };
  const findings = [...dimension([]), ...(anchors.length > 0 ? dimension(anchors) : [])];
  return { findings, undecided: [...new Set(undecided)] };
}
