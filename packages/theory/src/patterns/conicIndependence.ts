import {
  addScaled,
  checkMatrix,
  checkWhole,
  columnsOf,
  dot,
  fastNonNegativeLeastSquares,
  gram,
  type Mat,
  matFrom,
  nonNegativeLeastSquares,
  norm,
  rank,
  row,
  takeRows,
  transpose,
  unitRows,
} from "@monosema/numerics";
import { type FarkasCertificate, recheckFarkas } from "../recheck/farkas.js";
import { type RealizationCertificate, recheckRealization } from "../recheck/realization.js";

/** Input of {@link conicIndependence}. */
export interface ConicIndependenceInput {
  /** Input directions, `[n, nP]`. */
  readonly featuresP: Mat;
  /** Features to test; default all. */
  readonly features?: readonly number[];
}

/** Whether one feature lies outside the cone of all others, with the proof. */
export interface ConicFeature {
  /** The feature. */
  readonly feature: number;
  /** True where it lies outside the cone. */
  readonly independent: boolean;
  /** True where neither side passed its check. */
  readonly undecided: boolean;
  /** Distance of its unit direction from the cone: the largest cosine of an encoder row that fires on it alone under ReLU. */
  readonly distance: number;
  /** The shortest row with <row, w_p^d> = 1 and <row, w_p^j> <= 0 for the others, `[nP]`; null unless independent. */
  readonly encoderRow: Float64Array | null;
  /** mu >= 0 with w_p^d = sum_j mu_j w_p^j, `[n]`; null unless dependent. */
  readonly mu: Float64Array | null;
  /** The proof of either answer; null where undecided. */
  readonly certificate: RealizationCertificate | FarkasCertificate | null;
}

/** Conic independence of a set of directions. */
export interface ConicIndependence {
  /** One entry per tested feature. */
  readonly perFeature: readonly ConicFeature[];
  /** True where the cone of all features is the whole space; then w_E^i fires on some feature, whatever it is. */
  readonly positivelySpanning: boolean;
  /** Remarks. */
  readonly warnings: readonly string[];
}

/** Largest distance that counts as 0, and smallest that does not. */
const [IN_CONE, OUTSIDE] = [1e-9, 1e-7];
/** Distance that is rounding alone, and relative error of the orthogonality of an exact answer. */
const [EXACT, ORTHOGONAL] = [1e-12, 1e-11];
/** Distance of a sum of features from their cone below which it is computed again without the Gram matrix. */
const DOUBTFUL = 1e-2;

/**
 * Tells which features lie outside the cone of all others. Under ReLU a monosemantic encoder of zero approximate loss exists iff
 * all do.
 *
 * Paper Theorem 3.3 takes W_E = W_p^T for a near-zero global minimum; it is not one. The condition here is exact (Farkas), and the row
 * of the residual of a non-negative least-squares problem has the largest cosine any such row can have (Moreau).
 *
 * Cost O(n^2 nP) once, then about O(p^3) per feature with p active others: at n = 1000, nP = 768 about 50 ms each.
 *
 * @throws RangeError where sizes do not fit or a number is not finite
 */
export function conicIndependence(input: ConicIndependenceInput): ConicIndependence {
  const { featuresP, features = [] } = input;
  checkMatrix("conicIndependence", "featuresP", featuresP);
  for (const d of features) checkWhole("conicIndependence", "features", d, 0, featuresP.rows - 1);
  return conicIndependenceCore(input);
}

/** {@link conicIndependence} of input that was checked. */
export function conicIndependenceCore({ featuresP, features }: ConicIndependenceInput): ConicIndependence {
  const asked = features ?? Array.from({ length: featuresP.rows }, (_, d) => d);
  const { unit, norms } = unitRows(featuresP);
  const products = gram(unit);
  const perFeature = asked.map((d) => testOne(featuresP, unit, norms, products, d));
  const open = perFeature.filter(({ undecided }) => undecided).map(({ feature }) => feature);
  const zero = asked.filter((d) => norms[d] === 0);
  return {
    perFeature,
    positivelySpanning: isPositivelySpanning(unit, products),
    warnings: [
      ...(open.length > 0 ? [`features ${open.join(", ")} are too close to the cone of the others to decide`] : []),
      ...(zero.length > 0 ? [`features ${zero.join(", ")} are zero and lie in every cone`] : []),
    ],
  };
}

function testOne(featuresP: Mat, unit: Mat, norms: Float64Array, products: Mat, feature: number): ConicFeature {
  const fast = fastNonNegativeLeastSquares(products, row(products, feature), { excluded: feature });
  if (fast.converged && isExact(unit, feature, fast.x)) {
    const answer = decided(featuresP, unit, norms, feature, fast.x);
    if (!answer.undecided) return answer;
  }
  return decided(featuresP, unit, norms, feature, slowButSure(unit, row(unit, feature), feature));
}

/** The remainder is 0, or orthogonal to the point of the cone: the Gram matrix, which squares condition numbers, did no harm. */
function isExact(unit: Mat, feature: number, x: Float64Array): boolean {
  const residual = remainder(unit, row(unit, feature), x);
  const squares = dot(residual, residual);
  return squares <= EXACT * EXACT || Math.abs(dot(residual, row(unit, feature)) / squares - 1) <= ORTHOGONAL;
}

/** Coefficients of the nearest point of the cone, without the Gram matrix. */
function slowButSure(unit: Mat, target: Float64Array, excluded: number): Float64Array {
  const others = Array.from({ length: unit.rows }, (_, j) => j).filter((j) => j !== excluded);
  const { x } = nonNegativeLeastSquares(transpose(takeRows(unit, others)), target);
  const all = new Float64Array(unit.rows);
  others.forEach((j, at) => {
    all[j] = x[at] as number;
  });
  return all;
}

function decided(featuresP: Mat, unit: Mat, norms: Float64Array, feature: number, x: Float64Array): ConicFeature {
  const residual = remainder(unit, row(unit, feature), x);
  const distance = norm(residual);
  const length = norms[feature] as number;
  const open = {
    feature,
    independent: false,
    undecided: true,
    distance,
    encoderRow: null,
    mu: null,
    certificate: null,
  };
  const claim = { featuresP, pattern: [[feature]], sigma: { kind: "relu" } } as const;
  if (distance > OUTSIDE) {
    const code = dot(residual, row(featuresP, feature));
    const encoderRow = residual.map((value) => value / code);
    const certificate: RealizationCertificate = { ...claim, kind: "realization", encoder: matFrom([encoderRow]) };
    if (!recheckRealization(certificate).holds) return open;
    return { ...open, independent: true, undecided: false, encoderRow, certificate };
  }
  if (distance > IN_CONE) return open;
  const mu = x.map((value, j) => (value > 0 ? (value * length) / (norms[j] as number) : 0));
  const scale = 1 / (length || 1);
  const multipliers = Array.from(mu, (value, j) => ({ latent: 0, feature: j, value: value * scale }));
  const certificate: FarkasCertificate = {
    ...claim,
    kind: "farkas",
    strict: false,
    lambda: [{ latent: 0, feature, value: scale }],
    mu: multipliers.filter(({ value }) => value > 0),
    residual: distance,
  };
  if (!recheckFarkas(certificate).holds) return open;
  return { ...open, undecided: false, mu, certificate };
}

/** target - sum_j x_j unit_j. */
function remainder(unit: Mat, target: Float64Array, x: Float64Array): Float64Array {
  const residual = Float64Array.from(target);
  x.forEach((value, j) => {
    if (value !== 0) addScaled(residual, row(unit, j), -value);
  });
  return residual;
}

/** Full rank, and c >= 1 with sum_d c_d w_p^d = 0: that is, -sum_d w_p^d lies in the cone. */
function isPositivelySpanning(unit: Mat, products: Mat): boolean {
  if (unit.rows <= unit.cols) return unit.cols === 0;
  const target = new Float64Array(unit.cols);
  for (let d = 0; d < unit.rows; d++) addScaled(target, row(unit, d), -1);
  const length = norm(target);
  const b = Float64Array.from(columnsOf(products), (column) => -column.reduce((sum, value) => sum + value, 0));
  const distanceFrom = (x: Float64Array): number => norm(remainder(unit, target, x)) / Math.max(1, length);
  const { x, converged } = fastNonNegativeLeastSquares(products, b);
  let distance = converged ? distanceFrom(x) : 0;
  if (!converged || (distance > IN_CONE && distance < DOUBTFUL)) distance = distanceFrom(slowButSure(unit, target, -1));
  return distance <= IN_CONE && rank(unit).rank === unit.cols;
}
