import { addScaled, dot, type Mat, multiply, norm, row } from "@monosema/numerics";

/** Most steps of the local ascent. */
const STEPS = 60;
/** Largest cosine with a feature below which a row counts as silent: its code would be rounding noise. */
const SILENT = 1e-6;

/** What a new latent can explain. */
export interface GainProblem {
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** r_d, `[n, nR]`. */
  readonly residuals: Mat;
  /** M_d, `[n]`. */
  readonly weights: ArrayLike<number>;
}

/** Fall of the loss by a latent with each of the encoder rows and its best decoder, under ReLU, `[candidates.rows]`. */
export function gainOf({ featuresP, residuals, weights }: GainProblem, candidates: Mat): Float64Array {
  const codes = multiply(candidates, featuresP, { transposeB: true });
  const energy = new Float64Array(candidates.rows);
  const loudest = new Float64Array(candidates.rows);
  const lengths = rowLengths(featuresP);
  for (let at = 0; at < codes.data.length; at++) {
    const value = Math.max(0, codes.data[at] as number);
    const weight = weights[at % codes.cols] as number;
    const to = Math.floor(at / codes.cols);
    loudest[to] = Math.max(loudest[to] as number, value / (lengths[at % codes.cols] || 1));
    energy[to] = (energy[to] as number) + weight * value * value;
    codes.data[at] = weight * value;
  }
  const sums = multiply(codes, residuals);
  return energy.map((value, at) => {
    const heard = value > 0 && (loudest[at] as number) >= SILENT * norm(row(candidates, at));
    return heard ? dot(row(sums, at), row(sums, at)) / value : 0;
  });
}

/** The row after local ascent on the gain, of unit norm. */
export function refined(problem: GainProblem, start: Float64Array): Float64Array {
  const lengths = rowLengths(problem.featuresP);
  let w = unit(start);
  let { gain, slope } = gainAndSlope(problem, lengths, w);
  let step = 1;
  for (let steps = 0; steps < STEPS && norm(slope) > 0; steps++) {
    const direction = unit(slope);
    let improved = false;
    for (let tries = 0; tries < 20 && !improved; tries++) {
      const next = Float64Array.from(w);
      addScaled(next, direction, step);
      const moved = unit(next);
      const there = gainAndSlope(problem, lengths, moved);
      improved = there.gain > gain * (1 + 1e-14);
      if (improved) {
        w = moved;
        ({ gain, slope } = there);
        step *= 2;
      } else {
        step /= 4;
      }
    }
    if (!improved) break;
  }
  return w;
}

/** gain(w) of a unit row and its gradient, which is orthogonal to w. */
function gainAndSlope(
  { featuresP, residuals, weights }: GainProblem,
  lengths: Float64Array,
  w: Float64Array,
): { gain: number; slope: Float64Array } {
  const codes = new Float64Array(featuresP.rows);
  const sum = new Float64Array(residuals.cols);
  let energy = 0;
  let loudest = 0;
  for (let d = 0; d < codes.length; d++) {
    const code = dot(w, row(featuresP, d));
    if (code <= 0) continue;
    codes[d] = code;
    loudest = Math.max(loudest, code / (lengths[d] || 1));
    energy += (weights[d] as number) * code * code;
    addScaled(sum, row(residuals, d), (weights[d] as number) * code);
  }
  const slope = new Float64Array(w.length);
  if (energy === 0 || loudest < SILENT) return { gain: 0, slope };
  const gain = dot(sum, sum) / energy;
  for (let d = 0; d < codes.length; d++) {
    const code = codes[d] as number;
    if (code === 0) continue;
    const rate = (2 * (weights[d] as number) * (dot(sum, row(residuals, d)) - gain * code)) / energy;
    addScaled(slope, row(featuresP, d), rate);
  }
  return { gain, slope };
}

function unit(values: Float64Array): Float64Array {
  const length = norm(values) || 1;
  return values.map((value) => value / length);
}

function rowLengths(mat: Mat): Float64Array {
  return Float64Array.from({ length: mat.rows }, (_, i) => norm(row(mat, i)));
}
