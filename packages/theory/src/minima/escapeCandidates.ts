import { addScaled, dot, type Mat, matFrom, multiply, norm, row } from "@monosema/numerics";
import { conicIndependenceCore } from "../patterns/conicIndependence.js";
import type { SeededRandom } from "../seededRandom.js";
import type { GainProblem } from "./escapeGain.js";
import { type FeatureLine, featureLines } from "./featureLines.js";

/** Most input directions taken as candidates, those with the largest weighted residuals. */
const MOST_FEATURES = 2000;
/** Singular directions, of both signs. */
const DIRECTIONS = 3;
/** Lines across which the kink is tried, and rows tried at each. */
const [LINES, ROWS] = [8, 2];
/** Rounds of the iteration towards the singular directions. */
const ROUNDS = 30;

/**
 * Encoder rows worth trying, `[any, nP]`: every w_p^d, the row that isolates the worst feature, the leading directions of
 * sum_d M_d r_d w_p^{dT}, and rows on either side of the line of a feature, of which one has a gain where the residual has a kink.
 */
export function escapeCandidates(problem: GainProblem, random: SeededRandom): Mat {
  const { featuresP, residuals, weights } = problem;
  const energy = Array.from(
    { length: residuals.rows },
    (_, d) => (weights[d] as number) * dot(row(residuals, d), row(residuals, d)),
  );
  const worst = Array.from(energy.keys()).sort((a, b) => (energy[b] as number) - (energy[a] as number));
  const rows: ArrayLike<number>[] = worst.slice(0, MOST_FEATURES).map((d) => row(featuresP, d));
  const [top] = worst;
  if (top !== undefined && featuresP.rows <= MOST_FEATURES) {
    const isolating = conicIndependenceCore({ featuresP, features: [top] }).perFeature[0]?.encoderRow;
    if (isolating) rows.push(isolating);
  }
  rows.push(...leadingDirections(problem, random), ...acrossLines(problem, random));
  return matFrom(rows, featuresP.cols);
}

/** Leading right singular vectors of sum_d M_d r_d w_p^{dT}, nearly, with both signs: orthogonal iteration. */
function leadingDirections({ featuresP, residuals, weights }: GainProblem, random: SeededRandom): Float64Array[] {
  const weighted: Mat = {
    ...residuals,
    data: residuals.data.map((value, at) => value * (weights[Math.floor(at / residuals.cols)] as number)),
  };
  const map = multiply(weighted, featuresP, { transposeA: true }); // [nR, nP]
  const count = Math.min(DIRECTIONS, featuresP.cols);
  let basis: Mat = { rows: count, cols: featuresP.cols, data: new Float64Array(count * featuresP.cols) };
  for (let at = 0; at < basis.data.length; at++) basis.data[at] = random.normal();
  for (let round = 0; round < ROUNDS; round++) {
    basis = multiply(multiply(basis, map, { transposeB: true }), map);
    orthonormalise(basis);
  }
  return Array.from({ length: count }, (_, k) => row(basis, k)).flatMap((one) => [one, one.map((value) => -value)]);
}

/** Gram and Schmidt's rows, in place; dependent ones become 0. */
function orthonormalise(basis: Mat): void {
  for (let k = 0; k < basis.rows; k++) {
    const one = row(basis, k);
    const before = norm(one);
    for (let j = 0; j < k; j++) addScaled(one, row(basis, j), -dot(one, row(basis, j)));
    const length = norm(one);
    const factor = length > 1e-12 * before ? 1 / length : 0;
    for (let p = 0; p < one.length; p++) one[p] = factor * (one[p] as number);
  }
}

/** w0 and w0 +- eps u with w0 orthogonal to a line u and eps too small to cross another one. */
function acrossLines(problem: GainProblem, random: SeededRandom): Float64Array[] {
  const { featuresP, residuals } = problem;
  if (featuresP.rows > MOST_FEATURES) return [];
  const kink = ({ along, against }: FeatureLine) => norm(along.map((value, r) => value + (against[r] as number)));
  const lines = featureLines(problem);
  const sorted = lines.map((line) => ({ line, size: kink(line) })).sort((a, b) => b.size - a.size);
  const found: Float64Array[] = [];
  for (const { line, size } of sorted.slice(0, LINES)) {
    if (size === 0 || residuals.cols === 0) break;
    for (let attempt = 0; attempt < ROWS; attempt++) {
      const w0 = Float64Array.from({ length: featuresP.cols }, () => random.normal());
      addScaled(w0, line.direction, -dot(w0, line.direction));
      let eps = norm(w0) || 1;
      for (const other of lines) {
        if (other === line) continue;
        eps = Math.min(
          eps,
          Math.abs(dot(w0, other.direction)) / (2 * Math.abs(dot(line.direction, other.direction)) + 1e-300),
        );
      }
      for (const sign of [0, 1, -1]) {
        const w = Float64Array.from(w0);
        addScaled(w, line.direction, sign * eps);
        found.push(w);
      }
    }
  }
  return found;
}
