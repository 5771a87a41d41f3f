import {
  checkMatrix,
  checkRange,
  checkVector,
  checkWeights,
  checkWhole,
  gram,
  type Mat,
  norm,
  row,
  singularValues,
} from "@monosema/numerics";
import { checkSigma, type Sigma } from "../sigma.js";
import { attainsL1, attainsTopOne, attainsZero } from "./attainment.js";
import { bestTopOnePartition } from "./bestTopOnePartition.js";

/** Most features for the exact Top-1 bound. */
const MOST_FEATURES = 14;

/** Target features, weights and the size of the model. */
export interface GlobalLowerBoundInput {
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Weight M_d of each feature, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Number of latents. */
  readonly nQ: number;
  /** Activation. */
  readonly sigma: Sigma;
  /** Weight of ||z_d||_1 in the objective, `[n]`; default no such term. */
  readonly ell?: ArrayLike<number>;
  /** `[n, nP]`; with them `attainable` can be decided. */
  readonly featuresP?: Mat;
  /** Whether ||w_D^i|| <= 1 is imposed, without which an L1 term bounds nothing; default true. */
  readonly unitNorm?: boolean;
}

/** The L1 bound with its minimiser. */
export interface L1Bound {
  /** sum_d M_d (rho_d - s_d)^2 + ell_d s_d. */
  readonly bound: number;
  /** s_d = max(0, ||w_r^d|| - ell_d / (2 M_d)), `[n]`. */
  readonly shrunk: Float64Array;
}

/** The Top-1 bound with its partition. */
export interface TopOneBound {
  /** Smallest loss over all ways to share the features among the latents. */
  readonly bound: number;
  /** Features of each latent used. */
  readonly sets: readonly (readonly number[])[];
}

/** Lower bounds on the objective of every model with nQ latents. */
export interface GlobalLowerBound {
  /** Bound of any linear decoder of rank nQ (Eckart & Young 1936). */
  readonly eckartYoung: number;
  /** Bound with the L1 term; null without `ell` or unit decoders. */
  readonly l1: L1Bound | null;
  /** Bound of Top-1 after ReLU; null for other activations and beyond 14 features. */
  readonly top1: TopOneBound | null;
  /** The largest of them. */
  readonly best: number;
  /** Whether some model attains `best`; null where that is not decided by what was given. */
  readonly attainable: boolean | null;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * Lower bounds on the approximate loss, with an L1 term where `ell` is given, over all models.
 *
 * Theorem 3.3 of arXiv 2512.05534 calls W_E = W_p^T, W_D = W_r a near-zero global minimum; its loss is that of its interference,
 * often above that of the zero model, while nQ >= n models reach these bounds where features are conically independent. Cost of a
 * singular value decomposition of W_r; Top-1 O(nQ 3^n).
 *
 * @throws RangeError where shapes do not fit or a number is not finite or out of range
 */
export function globalLowerBound(input: GlobalLowerBoundInput): GlobalLowerBound {
  const { featuresP, featuresR, weights, nQ, sigma, ell, unitNorm = true } = input;
  checkMatrix("globalLowerBound", "featuresR", featuresR);
  checkWeights("globalLowerBound", weights, featuresR.rows);
  checkWhole("globalLowerBound", "nQ", nQ, 0);
  checkSigma("globalLowerBound", sigma);
  if (featuresP !== undefined) checkMatrix("globalLowerBound", "featuresP", featuresP, { rows: featuresR.rows });
  const n = featuresR.rows;
  const scaled: Mat = {
    ...featuresR,
    data: featuresR.data.map((value, at) => value * Math.sqrt(weights[Math.floor(at / featuresR.cols)] as number)),
  };
  const eckartYoung = nQ >= Math.min(n, featuresR.cols) ? 0 : tailEnergy(singularValues(scaled), nQ);
  const warnings: string[] = [];
  if (ell !== undefined && !unitNorm) {
    warnings.push("without a bound on the decoder norms the L1 term can be made arbitrarily small: no L1 bound");
  }
  const l1 = ell !== undefined && unitNorm ? l1Bound(featuresR, weights, ell) : null;
  const topOne = sigma.kind === "topk-relu" && sigma.k === 1 && sigma.bias === undefined;
  if (topOne && n > MOST_FEATURES) warnings.push(`the Top-1 bound needs at most ${MOST_FEATURES} features, got ${n}`);
  const top1 = topOne && n <= MOST_FEATURES ? topOneBound(gram(scaled), nQ) : null;
  const best = Math.max(eckartYoung, l1?.bound ?? 0, top1?.bound ?? 0);
  return { eckartYoung, l1, top1, best, attainable: attainable(input, best, l1, top1), warnings };
}

/** Sum of the squares beyond the first `count`. */
function tailEnergy(s: Float64Array, count: number): number {
  return s.subarray(count).reduceRight((sum, value) => sum + value * value, 0);
}

function l1Bound(featuresR: Mat, weights: ArrayLike<number>, ell: ArrayLike<number>): L1Bound {
  checkVector("globalLowerBound", "ell", ell, featuresR.rows);
  checkRange("globalLowerBound", "ell", ell, 0);
  const shrunk = new Float64Array(featuresR.rows);
  let bound = 0;
  for (let d = 0; d < shrunk.length; d++) {
    const rho = norm(row(featuresR, d));
    const weight = weights[d] as number;
    const price = ell[d] as number;
    const s = weight > 0 ? Math.max(0, rho - price / (2 * weight)) : 0;
    shrunk[d] = s;
    bound += weight * (rho - s) ** 2 + price * s;
  }
  return { bound, shrunk };
}

function topOneBound(k: Mat, nQ: number): TopOneBound {
  const { value, sets } = bestTopOnePartition(k, nQ);
  let trace = 0;
  for (let d = 0; d < k.rows; d++) trace += k.data[d * k.rows + d] as number;
  return { bound: Math.max(0, trace - value), sets };
}

function attainable(
  input: GlobalLowerBoundInput,
  best: number,
  l1: L1Bound | null,
  top1: TopOneBound | null,
): boolean | null {
  const setting = { ...input, featuresP: input.featuresP };
  if (l1 !== null) return best === l1.bound ? attainsL1(setting, l1.shrunk) : null;
  if (input.ell !== undefined) return null;
  if (top1 !== null && best === top1.bound) return attainsTopOne(setting, top1.sets);
  return best === 0 ? attainsZero(setting) : null;
}
