import { checkMatrix, type Mat, multiply, unitRows } from "@monosema/numerics";
import { bestMatches, oneToOne } from "./matches.js";
import { randomBaseline } from "./randomBaseline.js";

/** Learned and true directions. */
export interface MatchFeaturesInput {
  /** Learned directions, `[nQ, nR]`; decoders, since encoder rows are not an identified quantity. */
  readonly learned: Mat;
  /** True directions, `[n, nR]`. */
  readonly truth: Mat;
  /** False takes absolute cosines, so that one latent may match w and -w; default true. */
  readonly signed?: boolean;
  /** Cosine above which a feature counts as recovered; default .95. */
  readonly tau?: number;
  /** One latent per feature at most (`hungarian`, default), or the best latent of each feature as in the paper (`greedy`). */
  readonly assignment?: "hungarian" | "greedy";
}

/** Which latent stands for which feature. */
export interface FeatureMatch {
  /** Cosine of each feature with its latent, absolute where `signed` is false, 0 without a latent, `[n]`. */
  readonly cosine: Float64Array;
  /** Latent of each feature, -1 without one, `[n]`. */
  readonly match: Int32Array;
  /** ||learned|| / ||true|| of each pair, 0 without one, `[n]`. */
  readonly scale: Float64Array;
  /** Share of features with a cosine above `tau`. */
  readonly mgt: number;
  /** Mean cosine. */
  readonly mip: number;
  /** Expected best cosine of a feature with nQ random directions, absolute where `signed` is false. */
  readonly randomBaseline: number;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * Matches learned with true directions by cosine.
 *
 * The recovery metrics of Section 5 of arXiv 2512.05534 take |W_E w| without normalising W_E and without its sign. Encoder rows are
 * not identified (a perfect solution has mean encoder cosine .30 at n = 700, n_p = 768), and Theorem 3.4's zero-loss solutions
 * share neither: use decoders, signed, against the random baseline. Cost O(n nQ nR), Hungarian O(n^2 nQ) more.
 *
 * @throws RangeError where shapes do not fit or a number is not finite
 */
export function matchFeatures(input: MatchFeaturesInput): FeatureMatch {
  const { learned, truth, signed = true, tau = 0.95, assignment = "hungarian" } = input;
  checkMatrix("matchFeatures", "truth", truth);
  checkMatrix("matchFeatures", "learned", learned, { cols: truth.cols });
  if (truth.rows === 0) throw new RangeError("matchFeatures: truth must have a row, got 0; pass one feature per row");
  if (!Number.isFinite(tau)) throw new RangeError(`matchFeatures: tau must be finite, got ${tau}; pass a cosine`);
  const latents = unitRows(learned);
  const features = unitRows(truth);
  const n = truth.rows;
  const nQ = learned.rows;
  const cosines = multiply(latents.unit, features.unit, { transposeB: true }).data; // [Q, N]
  const scores = { values: signed ? cosines : cosines.map(Math.abs), rows: nQ, columns: n };
  const match = (assignment === "greedy" ? bestMatches(scores) : oneToOne(scores)).latentOf;
  const cosine = new Float64Array(n);
  const scale = new Float64Array(n);
  match.forEach((latent, d) => {
    if (latent < 0) return;
    cosine[d] = Math.max(-1, Math.min(1, scores.values[latent * n + d] as number));
    const length = features.norms[d] as number;
    scale[d] = length === 0 ? 0 : (latents.norms[latent] as number) / length;
  });
  const warnings = [
    ...zeroRows("learned", latents.norms),
    ...zeroRows("truth", features.norms),
    ...(nQ < n && assignment === "hungarian" ? [`${n - nQ} features have no latent: there are ${nQ} for ${n}`] : []),
  ];
  return {
    cosine,
    match,
    scale,
    mgt: cosine.reduce((count, value) => count + (value > tau ? 1 : 0), 0) / n,
    mip: cosine.reduce((sum, value) => sum + value, 0) / n,
    randomBaseline: randomBaseline(nQ, truth.cols)[signed ? "signed" : "absolute"],
    warnings,
  };
}

function zeroRows(name: string, norms: Float64Array): string[] {
  const count = norms.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);
  return count === 0 ? [] : [`${count} rows of ${name} are zero: their cosines are 0`];
}
