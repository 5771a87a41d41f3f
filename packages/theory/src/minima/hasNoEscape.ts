import { addScaled, dot, norm, row, zeros } from "@monosema/numerics";
import type { GainProblem } from "./escapeGain.js";
import { featureLines } from "./featureLines.js";

/** Relative size that counts as 0. */
const ZERO = 1e-9;

/**
 * Whether no ReLU latent can lower the loss, exactly: the weighted residual seen by a latent is piecewise linear in its row, with a
 * kink c+ + c- across each line of features and a linear part sum c+ u^T; both must vanish.
 */
export function hasNoEscape(problem: GainProblem, e0: number): boolean {
  const { featuresP, weights } = problem;
  let energy = 0;
  for (let d = 0; d < featuresP.rows; d++) {
    energy += (weights[d] as number) * dot(row(featuresP, d), row(featuresP, d));
  }
  const small = ZERO * Math.sqrt(energy * e0);
  const linear = zeros(problem.residuals.cols, featuresP.cols);
  for (const { direction, along, against } of featureLines(problem)) {
    const kink = Float64Array.from(along, (value, r) => value + (against[r] as number));
    if (norm(kink) > small) return false;
    along.forEach((value, r) => {
      addScaled(row(linear, r), direction, value);
    });
  }
  return norm(linear.data) <= small;
}
