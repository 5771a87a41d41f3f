import type { Mat } from "../mat.js";
import type { Recheck } from "./outcome.js";
import { type CertifiedModel, plainErrors } from "./plainModel.js";

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
  const { encoder, decoder, neuron, w, u, gain } = certificate;
  const before = weightedLoss(certificate, certificate);
  const after = weightedLoss(certificate, {
    ...certificate,
    encoder: withRow(encoder, neuron, w),
    decoder: withRow(decoder, neuron, u),
  });
  const residual = Math.abs(before.loss - after.loss - gain) / (before.e0 || 1);
  return {
    holds: certificate.sigma.kind !== "batchtopk-relu" && gain > 0 && residual <= TOLERANCE,
    detail: `loss falls from ${before.loss} to ${after.loss}, stated ${gain}`,
    residual,
  };
}

function weightedLoss({ weights, featuresR }: EscapeCertificate, model: CertifiedModel): { loss: number; e0: number } {
  const zero = { ...model, encoder: withRows(model.encoder, 0), decoder: withRows(model.decoder, 0), featuresR };
  const total = (values: Float64Array) => values.reduce((sum, value, d) => sum + value * (weights[d] as number), 0);
  return { loss: total(plainErrors(model)), e0: total(plainErrors(zero)) };
}

function withRow(mat: Mat, i: number, values: Float64Array): Mat {
  const changed = withRows(mat, Math.max(mat.rows, i + 1));
  changed.data.set(values, i * mat.cols);
  return changed;
}

/** The first rows of a matrix, filled up with zeros. */
function withRows({ cols, data }: Mat, rows: number): Mat {
  const copy = new Float64Array(rows * cols);
  copy.set(data.subarray(0, Math.min(data.length, copy.length)));
  return { rows, cols, data: copy };
}
