import type { Mat } from "@monosema/numerics";
import type { Recheck } from "./outcome.js";
import { type CertifiedModel, plainError, plainPre, plainSelection } from "./plainModel.js";
import { rowNorm, rowProduct } from "./products.js";

/** A zero-loss model that recovers no feature. */
export interface WitnessCertificate extends CertifiedModel {
  /** Discriminant. */
  readonly kind: "witness";
  /** Cosine that no row reaches. */
  readonly tau: number;
}

/** Largest loss relative to that of the zero output, at unit weights. */
const ZERO = 1e-14;

/** The loss is zero, and every encoder and decoder row that is not 0 stays below the cosine with every feature. */
export function recheckWitness(certificate: WitnessCertificate): Recheck {
  const { encoder, decoder, featuresP, featuresR, sigma, tau } = certificate;
  let loss = 0;
  let energy = 0;
  for (let d = 0; d < featuresR.rows; d++) {
    loss += plainError(decoder, featuresR, d, plainSelection(plainPre(certificate, d), sigma));
    energy += rowProduct(featuresR, d, featuresR, d);
  }
  const residual = loss / (energy || 1);
  const cosine = Math.max(largestCosine(encoder, featuresP), largestCosine(decoder, featuresR));
  return {
    holds: sigma.kind !== "batchtopk-relu" && energy > 0 && residual <= ZERO && cosine < tau,
    detail: `relative loss ${residual.toExponential(2)}, largest cosine ${cosine.toFixed(6)} of ${tau}`,
    residual,
  };
}

function largestCosine(rows: Mat, directions: Mat): number {
  let largest = -1;
  for (let i = 0; i < rows.rows; i++) {
    for (let d = 0; d < directions.rows; d++) {
      const scale = rowNorm(rows, i) * rowNorm(directions, d);
      if (scale > 0) largest = Math.max(largest, rowProduct(rows, i, directions, d) / scale);
    }
  }
  return largest;
}
