import type { ActivationPattern, ApproximateLoss, IsolatedCodes } from "@monosema/theory";
import { activationPatternCore, approximateLossCore, isolatedCodesCore } from "@monosema/theory/core";
import type { CheckedFeatures } from "./auditFeatures.js";
import { type FoldedModel, foldInputs } from "./foldDictionary.js";
import { type ProvePattern, patternProof } from "./patternProof.js";
import type { WeightedRows } from "./weightedRows.js";

/** What the model does with each feature alone. */
export interface FeaturePattern {
  /** The features as rows that the folded encoder takes. */
  readonly rows: WeightedRows;
  /** Codes of each feature alone. */
  readonly isolated: IsolatedCodes;
  /** Which features switch on which latents. */
  readonly pattern: ActivationPattern;
  /** Approximate loss with its gradients. */
  readonly loss: ApproximateLoss;
  /** Proofs of parts of the pattern. */
  readonly prove: ProvePattern;
}

/**
 * Codes and pattern of the features.
 *
 * @param work - most multiplications of a proof
 */
export function featurePattern(model: FoldedModel, features: CheckedFeatures, work: number): FeaturePattern {
  const { featuresP, featuresR, weights } = features;
  const inputs = foldInputs(model, featuresP);
  const { encoder, decoder, sigma, tie } = model;
  const isolated = isolatedCodesCore({ encoder, featuresP: inputs, sigma });
  const pattern = activationPatternCore({ encoder, featuresP: inputs, sigma, isolated, tie });
  return {
    rows: { name: `${featuresP.rows} features, each alone`, inputs, targets: featuresR, weights },
    isolated,
    pattern,
    loss: approximateLossCore({ encoder, decoder, featuresP: inputs, featuresR, weights, sigma, isolated }),
    prove: patternProof(model, inputs, pattern, work),
  };
}
