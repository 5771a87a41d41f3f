import type { Mat } from "@monosema/numerics";
import type { Recheck } from "./outcome.js";
import { type CertifiedModel, plainError, plainPre, plainSelection } from "./plainModel.js";
import { rowProduct } from "./products.js";

/** A new encoder and decoder row for one latent that lowers the approximate loss by a stated amount. */
export interface EscapeCertificate extends CertifiedModel {
  /** Discriminant. */
  readonly kind: "escape";
  /** M_d, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Latent that is replaced; nQ for one that is added. */
  readonly neuron: number;
  /** Its encoder row, `[nP]`. */
  readonly w: Float64Array;
  /** Its decoder row, `[nR]`. */
  readonly u: Float64Array;
  /** By how much the loss falls. */
  readonly gain: number;
}

/** Largest relative difference between the stated and the measured fall. */
const TOLERANCE = 1e-10;

/** The loss with the new rows is lower by the gain, up to 1e-10 of the loss of the zero output. */
export function recheckEscape(certificate: EscapeCertificate): Recheck {
  const { decoder, featuresP, featuresR, sigma, weights, neuron, w, u, gain } = certificate;
  const moved = withRow(decoder, neuron, u);
  const row: Mat = { rows: 1, cols: w.length, data: w };
  let [before, after, e0] = [0, 0, 0];
  for (let d = 0; d < featuresP.rows; d++) {
    const weight = weights[d] as number;
    const values = plainPre(certificate, d);
    const changed = new Float64Array(moved.rows);
    changed.set(values);
    changed[neuron] = rowProduct(row, 0, featuresP, d);
    before += weight * plainError(decoder, featuresR, d, plainSelection(values, sigma));
    after += weight * plainError(moved, featuresR, d, plainSelection(changed, sigma));
    e0 += weight * rowProduct(featuresR, d, featuresR, d);
  }
  const residual = Math.abs(before - after - gain) / (Math.max(before, e0) || 1);
  return {
    holds: sigma.kind !== "batchtopk-relu" && gain > 0 && residual <= TOLERANCE,
    detail: `loss falls from ${before} to ${after}, stated ${gain}`,
    residual,
  };
}

/** A matrix with one row changed or added. */
function withRow({ rows, cols, data }: Mat, i: number, values: Float64Array): Mat {
  const copy = new Float64Array(Math.max(rows, i + 1) * cols);
  copy.set(data);
  copy.set(values, i * cols);
  return { rows: Math.max(rows, i + 1), cols, data: copy };
}
