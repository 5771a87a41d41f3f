import type { Mat } from "@monosema/numerics";
import type { Recheck } from "./outcome.js";
import { positiveDefinite } from "./positiveDefinite.js";
import { rowNorm, rowProduct } from "./products.js";

/**
 * Proof that no interior partial minimum has a latent that fires on given features: every stationary encoder row lies in one of the
 * listed spaces, and each of them is orthogonal to a combination of its sign constraints.
 */
export interface NoPartialMinimumCertificate {
  /** Discriminant. */
  readonly kind: "no-partial-minimum";
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** M_d, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Features that must switch the latent on. */
  readonly features: readonly number[];
  /** All eigenspaces with the proof that they hold no such row. */
  readonly spaces: readonly ExcludedSpace[];
}

/** An eigenspace without a row of the required signs. */
export interface ExcludedSpace {
  /** Eigenvalue. */
  readonly value: number;
  /** Number of first rows of `basis` that the features see; the others see none of them. */
  readonly multiplicity: number;
  /** Orthonormal rows, `[any, nP]`. */
  readonly basis: Mat;
  /** u >= 0 of all features: sum_on u_d w_p^d / ||w_p^d|| - sum_off of the same is orthogonal to `basis`, `[n]`. */
  readonly multipliers: Float64Array;
}

/** Largest relative violation. */
const TOLERANCE = 1e-7;

/** The rows are stationary, there are as many as the features have dimensions, and the multipliers balance. */
export function recheckNoPartialMinimum(certificate: NoPartialMinimumCertificate): Recheck {
  const { featuresP, spaces } = certificate;
  const seen = spaces.reduce((sum, { multiplicity }) => sum + multiplicity, 0);
  const unseen = spaces.map(({ basis, multiplicity }) => basis.rows - multiplicity);
  const complete = unseen.every((count) => seen + count === featuresP.cols);
  const independent = spaces.every((space) => positiveDefinite(images(certificate, space), -TOLERANCE));
  const residual = Math.max(
    0,
    ...spaces.flatMap((space) => [
      stationarity(certificate, space),
      orthonormality(space),
      balance(certificate, space),
    ]),
  );
  return {
    holds: complete && independent && residual <= TOLERANCE,
    detail: `${seen} of ${featuresP.cols - (unseen[0] ?? 0)} stationary directions in ${spaces.length} spaces, violations up to ${residual.toExponential(2)}`,
    residual,
  };
}

/** y_d = sqrt(M_d) <w, w_p^d> of row k of a space. */
function image({ featuresP, weights, features }: NoPartialMinimumCertificate, basis: Mat, k: number): Float64Array {
  return Float64Array.from(features, (d) => Math.sqrt(weights[d] as number) * rowProduct(basis, k, featuresP, d));
}

/** Gram matrix of the images of the rows that the features see, each scaled to unit norm. */
function images(certificate: NoPartialMinimumCertificate, { basis, multiplicity }: ExcludedSpace): Mat {
  const list = Array.from({ length: multiplicity }, (_, k) => image(certificate, basis, k));
  const data = new Float64Array(multiplicity * multiplicity);
  list.forEach((a, i) => {
    list.forEach((b, j) => {
      data[i * multiplicity + j] = inner(a, b) / (Math.sqrt(inner(a, a) * inner(b, b)) || 1);
    });
  });
  return { rows: multiplicity, cols: multiplicity, data };
}

/** ||B (K y - lambda y)|| of the rows that the features see, ||y|| of the others, relative. */
function stationarity(certificate: NoPartialMinimumCertificate, { basis, multiplicity, value }: ExcludedSpace): number {
  const { featuresP, featuresR, weights, features } = certificate;
  let trace = 0;
  let energy = 0;
  for (const d of features) {
    trace += (weights[d] as number) * rowProduct(featuresR, d, featuresR, d);
    energy += (weights[d] as number) * rowProduct(featuresP, d, featuresP, d);
  }
  let worst = 0;
  for (let k = 0; k < basis.rows; k++) {
    const y = image(certificate, basis, k);
    if (k >= multiplicity) {
      worst = Math.max(worst, Math.sqrt(inner(y, y) / (energy || 1)));
      continue;
    }
    const sum = new Float64Array(featuresP.cols);
    features.forEach((a, i) => {
      let entry = -value * (y[i] as number);
      features.forEach((b, j) => {
        const root = Math.sqrt((weights[a] as number) * (weights[b] as number));
        entry += root * rowProduct(featuresR, a, featuresR, b) * (y[j] as number);
      });
      for (let p = 0; p < sum.length; p++) {
        const along = Math.sqrt(weights[a] as number) * (featuresP.data[a * featuresP.cols + p] as number);
        sum[p] = (sum[p] as number) + entry * along;
      }
    });
    worst = Math.max(worst, Math.sqrt(inner(sum, sum)) / (trace * Math.sqrt(energy * inner(y, y)) || 1));
  }
  return worst;
}

function orthonormality({ basis }: ExcludedSpace): number {
  let worst = 0;
  for (let i = 0; i < basis.rows; i++) {
    for (let j = 0; j <= i; j++) worst = Math.max(worst, Math.abs(rowProduct(basis, i, basis, j) - (i === j ? 1 : 0)));
  }
  return worst;
}

/** Largest product of the combined constraints with a row, relative to the sum of the multipliers. */
function balance({ featuresP, features }: NoPartialMinimumCertificate, { basis, multipliers }: ExcludedSpace): number {
  const on = new Set(features);
  let total = 0;
  const products = new Float64Array(basis.rows);
  for (let d = 0; d < featuresP.rows; d++) {
    const u = multipliers[d] as number;
    const length = rowNorm(featuresP, d);
    if (u < 0) return Number.POSITIVE_INFINITY;
    if (length === 0 && !on.has(d)) continue;
    total += u;
    for (let k = 0; k < products.length; k++) {
      const along = (u * rowProduct(basis, k, featuresP, d)) / (length || 1);
      products[k] = (products[k] as number) + (on.has(d) ? along : -along);
    }
  }
  return total > 0 ? Math.max(0, ...products.map(Math.abs)) / total : Number.POSITIVE_INFINITY;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
