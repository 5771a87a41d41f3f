import { type Mat, matFrom, row } from "../mat.js";
import { multiply } from "../multiply.js";
import { svd } from "../numerics/svd.js";
import { conicIndependence } from "../patterns/conicIndependence.js";
import type { SeededRandom } from "../seededRandom.js";
import { addScaled, dot, norm } from "../vector.js";
import type { GainProblem } from "./escapeGain.js";
import { type FeatureLine, featureLines } from "./featureLines.js";

/** Most input directions taken as candidates, those with the largest weighted residuals. */
const MOST_FEATURES = 2000;
/** Singular directions, of both signs. */
const DIRECTIONS = 3;
/** Lines across which the kink is tried, and rows tried at each. */
const [LINES, ROWS] = [8, 2];
/** Most numbers of a matrix that is decomposed. */
const MOST_NUMBERS = 1e6;

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
    const isolating = conicIndependence({ featuresP, features: [top] }).perFeature[0]?.encoderRow;
    if (isolating) rows.push(isolating);
  }
  rows.push(...leadingDirections(problem), ...acrossLines(problem, random));
  return matFrom(rows, featuresP.cols);
}

/** Right singular vectors of sum_d M_d r_d w_p^{dT} with both signs. */
function leadingDirections({ featuresP, residuals, weights }: GainProblem): Float64Array[] {
  if (featuresP.cols * residuals.cols > MOST_NUMBERS) return [];
  const weighted: Mat = {
    ...residuals,
    data: residuals.data.map((value, at) => value * (weights[Math.floor(at / residuals.cols)] as number)),
  };
  const { v } = svd(multiply(weighted, featuresP, { transposeA: true }));
  return Array.from({ length: Math.min(DIRECTIONS, v.cols) }, (_, k) =>
    Float64Array.from({ length: v.rows }, (_, p) => v.data[p * v.cols + k] as number),
  ).flatMap((direction) => [direction, direction.map((value) => -value)]);
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
