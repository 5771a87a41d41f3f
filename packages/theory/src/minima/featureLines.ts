import { addScaled, dot, type Mat, row, unitRows } from "@monosema/numerics";
import { PROPORTIONAL } from "../recheck/theorem.js";
import type { GainProblem } from "./escapeGain.js";

/** Features on one line through 0, with what a latent sees of them from either side. */
export interface FeatureLine {
  /** Unit direction u, `[nP]`. */
  readonly direction: Float64Array;
  /** sum M_d ||w_p^d|| r_d over the features along u, `[nR]`. */
  readonly along: Float64Array;
  /** The same over those along -u, `[nR]`. */
  readonly against: Float64Array;
}

/** The lines of the non-zero input directions. */
export function featureLines({ featuresP, residuals, weights }: GainProblem): FeatureLine[] {
  const { unit, norms } = unitRows(featuresP);
  const lines: FeatureLine[] = [];
  for (let d = 0; d < unit.rows; d++) {
    if (norms[d] === 0) continue;
    const { line, sign } = lineOf(lines, unit, d, residuals.cols);
    const factor = (weights[d] as number) * (norms[d] as number);
    addScaled(sign > 0 ? line.along : line.against, row(residuals, d), factor);
  }
  return lines;
}

function lineOf(lines: FeatureLine[], unit: Mat, d: number, nR: number): { line: FeatureLine; sign: number } {
  const direction = row(unit, d);
  for (const line of lines) {
    const cosine = dot(line.direction, direction);
    if (1 - Math.abs(cosine) <= PROPORTIONAL) return { line, sign: cosine };
  }
  const line = { direction, along: new Float64Array(nR), against: new Float64Array(nR) };
  lines.push(line);
  return { line, sign: 1 };
}
