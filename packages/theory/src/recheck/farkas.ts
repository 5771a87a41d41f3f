import type { Mat } from "@monosema/numerics";
import { isTopK, type Sigma, thresholdOf } from "../sigma.js";
import type { Recheck } from "./outcome.js";
import { rowNorm } from "./products.js";

/** A multiplier of the constraint of one latent and one feature. */
export interface Multiplier {
  /** Latent i. */
  readonly latent: number;
  /** Feature d. */
  readonly feature: number;
  /** Its value, not negative. */
  readonly value: number;
}

/**
 * Proof that no encoder has a pattern with selected values strictly above the others (Farkas): multipliers under which the constraints
 * add up to a contradiction. For each latent i, sum lambda_id w_p^d over its features equals sum mu_id w_p^d over the others.
 */
export interface FarkasCertificate {
  /** Discriminant. */
  readonly kind: "farkas";
  /** Input directions, `[n, nP]`. */
  readonly featuresP: Mat;
  /** Features that switch on each latent. */
  readonly pattern: readonly (readonly number[])[];
  /** Activation. */
  readonly sigma: Sigma;
  /** Whether values of 0 were refused for the features that must be off. */
  readonly strict: boolean;
  /** Multipliers of the features of the pattern; they sum to 1 with ||w_p^d|| as weights (in strict mode together with `mu`). */
  readonly lambda: readonly Multiplier[];
  /** Multipliers of the other features. */
  readonly mu: readonly Multiplier[];
  /** Largest violation of the balances, relative. */
  readonly residual: number;
}

/** Largest relative violation of a balance. */
const TOLERANCE = 1e-6;

/** The multipliers are valid and their weighted sum of the constraints reads 0 > 0, up to 1e-6. */
export function recheckFarkas(certificate: FarkasCertificate): Recheck {
  const { featuresP, pattern, sigma, strict, lambda, mu } = certificate;
  const on = pattern.map((set) => new Set(set));
  const belongs =
    lambda.every(({ latent, feature, value }) => value >= 0 && on[latent]?.has(feature) === true) &&
    mu.every(({ latent, feature, value }) => value >= 0 && on[latent]?.has(feature) === false);
  const weigh = (list: readonly Multiplier[]): number =>
    list.reduce((sum, { feature, value }) => sum + value * (rowNorm(featuresP, feature) || 1), 0);
  const fixed = fixedLevels(certificate);
  const total = weigh(lambda) + (strict ? weigh(mu) : 0) + Math.max(0, fixed);
  const residual = Math.max(directions(certificate), -fixed, freeCuts(certificate)) / (total || 1);
  return {
    holds: belongs && total > 0 && !(isTopK(sigma) && strict) && residual <= TOLERANCE,
    detail: `multipliers of total weight ${total.toFixed(6)} balance up to ${residual.toExponential(2)}`,
    residual,
  };
}

/** Norm of sum_F lambda w_p - sum_off mu w_p, over the latents. */
function directions({ featuresP, lambda, mu }: FarkasCertificate): number {
  const sums = new Map<number, Float64Array>();
  const add = ({ latent, feature, value }: Multiplier, sign: number): void => {
    const sum = sums.get(latent) ?? new Float64Array(featuresP.cols);
    for (let k = 0; k < sum.length; k++) {
      sum[k] = (sum[k] as number) + sign * value * (featuresP.data[feature * featuresP.cols + k] as number);
    }
    sums.set(latent, sum);
  };
  for (const multiplier of lambda) add(multiplier, 1);
  for (const multiplier of mu) add(multiplier, -1);
  let squares = 0;
  for (const sum of sums.values()) for (const value of sum) squares += value * value;
  return Math.sqrt(squares);
}

/** sum lambda c - sum mu c over the levels c = theta - bias of the latents: a contradiction needs it not to be negative. */
function fixedLevels({ sigma, lambda, mu }: FarkasCertificate): number {
  const level = (i: number): number => thresholdOf(sigma, i) - (sigma.bias?.[i] ?? 0);
  const sum = (list: readonly Multiplier[]): number =>
    list.reduce((total, { latent, value }) => total + value * level(latent), 0);
  return sum(lambda) - sum(mu);
}

/**
 * By how much a free cut could undo the contradiction, 0 where it cannot. A cut between selected and other values is free where the
 * selection is used up: then sum lambda >= sum mu for its feature (for the batch), and = for pure TopK, whose cuts have any sign.
 */
function freeCuts({ featuresP, pattern, sigma, lambda, mu }: FarkasCertificate): number {
  if (!isTopK(sigma)) return 0;
  const batch = sigma.kind === "batchtopk-relu";
  const sizes = new Int32Array(batch ? 1 : featuresP.rows);
  const balance = new Float64Array(sizes.length);
  const add = (to: Int32Array | Float64Array, feature: number, value: number): void => {
    const at = batch ? 0 : feature;
    to[at] = (to[at] as number) + value;
  };
  for (const set of pattern) for (const d of set) add(sizes, d, 1);
  for (const { feature, value } of lambda) add(balance, feature, value);
  for (const { feature, value } of mu) add(balance, feature, -value);
  const full = sigma.k * (batch ? featuresP.rows : 1);
  return balance.reduce((worst, value, at) => {
    if (sigma.kind === "topk") return Math.max(worst, Math.abs(value));
    return (sizes[at] as number) < full ? worst : Math.max(worst, -value);
  }, 0);
}
