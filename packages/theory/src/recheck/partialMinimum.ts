import type { Mat } from "@monosema/numerics";
import type { Sigma } from "../sigma.js";
import type { Recheck } from "./outcome.js";
import { positiveDefinite } from "./positiveDefinite.js";
import { rowNorm, rowProduct } from "./products.js";

/** A partial minimum on a pattern of disjoint sets, with its type. */
export interface PartialMinimumCertificate {
  /** Discriminant. */
  readonly kind: "partial-minimum";
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** M_d, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Disjoint sets of features, one per latent. */
  readonly pattern: readonly (readonly number[])[];
  /** Activation: relu, or TopK after ReLU. */
  readonly sigma: Sigma;
  /** Energy explained by each latent, 0 for one without features. */
  readonly lambda: readonly number[];
  /** Approximate loss. */
  readonly loss: number;
  /** Null where all lambda are leading (local minimum); else a latent and an encoder row with a larger Rayleigh quotient (saddle). */
  readonly ascent: AscentRow | null;
}

/** An encoder row that would explain more energy of the features of a latent. */
export interface AscentRow {
  /** Latent. */
  readonly latent: number;
  /** Row, `[nP]`. */
  readonly row: Float64Array;
}

/** Largest relative violation. */
const TOLERANCE = 1e-8;
/** Smallest relative distance of a value from its threshold. */
const MARGIN = 1e-10;

/** The pattern holds strictly, both gradients vanish, the loss is as stated, and the type by Rayleigh quotients. */
export function recheckPartialMinimum(certificate: PartialMinimumCertificate): Recheck {
  const { loss, ascent, pattern } = certificate;
  const margin = strictMargin(certificate);
  const found = stationarity(certificate);
  const residual = Math.max(found.gradient, Math.abs(found.loss - loss) / (found.e0 || 1));
  const disjoint = new Set(pattern.flat()).size === pattern.flat().length;
  const typed = ascent === null ? pattern.every((_, i) => isLeading(certificate, i)) : isAscent(certificate, ascent);
  return {
    holds: disjoint && margin > MARGIN && residual <= TOLERANCE && typed,
    detail: `margin ${margin.toExponential(2)}, relative gradients and loss up to ${residual.toExponential(2)}, ${
      typed ? "type confirmed" : "type not confirmed"
    }`,
    residual,
  };
}

/** Smallest distance from a change of the pattern, relative; negative where it does not hold. */
function strictMargin({ encoder, featuresP, pattern, sigma }: PartialMinimumCertificate): number {
  const topOne = sigma.kind === "topk-relu" && sigma.k === 1;
  if (sigma.kind !== "relu" && sigma.kind !== "topk-relu") return Number.NEGATIVE_INFINITY;
  let margin = Number.POSITIVE_INFINITY;
  for (let d = 0; d < featuresP.rows; d++) {
    const owner = pattern.findIndex((set) => set.includes(d));
    const length = rowNorm(featuresP, d);
    if (length === 0 && owner < 0) continue;
    const level = topOne && owner >= 0 ? rowProduct(encoder, owner, featuresP, d) : 0;
    for (let i = 0; i < encoder.rows; i++) {
      const value = rowProduct(encoder, i, featuresP, d);
      const distance = i === owner ? value : level - value;
      margin = Math.min(margin, distance / (rowNorm(encoder, i) * length || 1));
    }
  }
  return margin;
}

/** Relative gradients of both blocks, the loss and that of the zero output, on the pattern. */
function stationarity(certificate: PartialMinimumCertificate): { gradient: number; loss: number; e0: number } {
  const { encoder, decoder, featuresP, featuresR, weights, pattern } = certificate;
  let loss = 0;
  let e0 = 0;
  const covered = new Set(pattern.flat());
  for (let d = 0; d < featuresR.rows; d++) {
    const energy = (weights[d] as number) * rowProduct(featuresR, d, featuresR, d);
    e0 += energy;
    if (!covered.has(d)) loss += energy;
  }
  let gradient = 0;
  pattern.forEach((set, i) => {
    const gradE = new Float64Array(encoder.cols);
    const gradD = new Float64Array(decoder.cols);
    for (const d of set) {
      const code = rowProduct(encoder, i, featuresP, d);
      const weight = weights[d] as number;
      let along = 0;
      for (let r = 0; r < decoder.cols; r++) {
        const u = decoder.data[i * decoder.cols + r] as number;
        const error = (featuresR.data[d * decoder.cols + r] as number) - u * code;
        loss += weight * error * error;
        along += u * error;
        gradD[r] = (gradD[r] as number) + weight * code * error;
      }
      for (let p = 0; p < encoder.cols; p++) {
        gradE[p] = (gradE[p] as number) + weight * along * (featuresP.data[d * encoder.cols + p] as number);
      }
    }
    gradient = Math.max(
      gradient,
      (Math.hypot(...gradE) * rowNorm(encoder, i)) / (e0 || 1),
      (Math.hypot(...gradD) * rowNorm(decoder, i)) / (e0 || 1),
    );
  });
  return { gradient, loss, e0 };
}

/** sum_F M_d (<w, w_p^d>)^2 and ||sum_F M_d <w, w_p^d> w_r^d||^2 as matrices over w: lambda times the first minus the second. */
function comparison({ featuresP, featuresR, weights, pattern, lambda }: PartialMinimumCertificate, i: number): Mat {
  const nP = featuresP.cols;
  const data = new Float64Array(nP * nP);
  const set = pattern[i] as readonly number[];
  for (const a of set) {
    for (const b of set) {
      const gramR = (weights[a] as number) * (weights[b] as number) * rowProduct(featuresR, a, featuresR, b);
      const factor = (a === b ? (lambda[i] as number) * (weights[a] as number) : 0) - gramR;
      for (let p = 0; p < nP; p++) {
        for (let q = 0; q < nP; q++) {
          const at = p * nP + q;
          const product = (featuresP.data[a * nP + p] as number) * (featuresP.data[b * nP + q] as number);
          data[at] = (data[at] as number) + factor * product;
        }
      }
    }
  }
  return { rows: nP, cols: nP, data };
}

function isLeading(certificate: PartialMinimumCertificate, i: number): boolean {
  const { featuresP, featuresR, weights, pattern } = certificate;
  let [energyP, energyR] = [0, 0];
  for (const d of pattern[i] as readonly number[]) {
    energyP += (weights[d] as number) * rowProduct(featuresP, d, featuresP, d);
    energyR += (weights[d] as number) * rowProduct(featuresR, d, featuresR, d);
  }
  const scale = energyP * energyR; // bounds both matrices
  return scale === 0 || positiveDefinite(comparison(certificate, i), TOLERANCE * scale);
}

function isAscent(certificate: PartialMinimumCertificate, { latent, row }: AscentRow): boolean {
  const { rows, data } = comparison(certificate, latent);
  let form = 0;
  let size = 0;
  for (let p = 0; p < rows; p++) {
    for (let q = 0; q < rows; q++) form += (row[p] as number) * (data[p * rows + q] as number) * (row[q] as number);
  }
  for (const value of data) size = Math.max(size, Math.abs(value));
  return form < -1e-12 * size;
}
