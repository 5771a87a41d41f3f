import { type Mat, takeRows } from "@monosema/numerics";
import { type ActivationPattern, type RealizationCertificate, recheck, type Sigma } from "@monosema/theory";
import { isTopK, thresholdOf } from "@monosema/theory/core";
import type { FoldedModel } from "./foldDictionary.js";

/** The proof that some latents fire on the features of the pattern alone; undefined where it does not recheck, or is too large. */
export type ProvePattern = (latents: readonly number[]) => RealizationCertificate | undefined;

/**
 * Proves parts of the pattern of a model: of single latents where they do not compete, else of all latents at once, and only up to
 * `work` multiplications.
 *
 * @param features - as the folded encoder takes them, `[n, ..]`
 */
export function patternProof(
  { encoder, sigma }: FoldedModel,
  features: Mat,
  { sets }: ActivationPattern,
  work: number,
): ProvePattern {
  const proof = (
    rows: Mat,
    own: Sigma,
    pattern: readonly (readonly number[])[],
  ): RealizationCertificate | undefined => {
    const certificate: RealizationCertificate = {
      kind: "realization",
      featuresP: features,
      pattern,
      sigma: own,
      encoder: rows,
    };
    return recheck(certificate).holds ? certificate : undefined;
  };
  if (isTopK(sigma)) {
    // Plain loops are about ten times slower than products in blocks.
    const small = 10 * encoder.rows * encoder.cols * features.rows <= work;
    const whole = small ? proof(encoder, sigma, sets) : undefined;
    return () => whole;
  }
  return (latents) => {
    const own: Sigma =
      sigma.kind === "relu" ? sigma : { ...sigma, theta: Float64Array.from(latents, (i) => thresholdOf(sigma, i)) };
    return proof(
      takeRows(encoder, latents),
      own,
      latents.map((i) => sets[i] as readonly number[]),
    );
  };
}
