import { checkMatrix, leastSquares, type Mat, norm } from "@monosema/numerics";
import { nullSpace } from "./nullSpace.js";

/** Largest relative residual of a system that counts as solvable. */
const CONSISTENT = 1e-8;
/** Most latents for which the null basis is computed. */
const MOST_LATENTS = 1000;

/** Codes of the features and what they must decode to. */
export interface DecoderSolutionSetInput {
  /** z_d, `[n, nQ]`. */
  readonly codes: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
}

/** The affine set of decoders that reproduce the features best. */
export interface DecoderSolutionSet {
  /** Whether some decoder reproduces them exactly, to 1e-8. */
  readonly consistent: boolean;
  /** ||Z W_D - W_r|| / ||W_r|| (Frobenius) of the least-squares solutions. */
  readonly residual: number;
  /** Dimension nR (nQ - rank Z) of the set of solutions, or of least-squares solutions. */
  readonly dim: number;
  /** The solution of minimum norm, `[nQ, nR]`. */
  readonly particular: Mat;
  /** Orthonormal directions v with Z v = 0, `[nQ - rank Z, nQ]`: any of them can be added to any column. Up to 1000 latents. */
  readonly nullBasis?: Mat;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * All decoders that are optimal for fixed codes.
 *
 * Supplements Theorem 3.4 of arXiv 2512.05534: for fixed codes Z the zero-loss decoders exist exactly where W_r lies in the range of
 * Z, and form an affine space of dimension nR (nQ - rank Z); the paper's count nQ > n of unknowns is not what decides. Cost O(n nQ
 * min(n, nQ)).
 *
 * @throws RangeError where shapes do not fit or a number is not finite
 */
export function decoderSolutionSet({ codes, featuresR }: DecoderSolutionSetInput): DecoderSolutionSet {
  checkMatrix("decoderSolutionSet", "codes", codes);
  checkMatrix("decoderSolutionSet", "featuresR", featuresR, { rows: codes.rows });
  const { x: particular, residual: difference, rank } = leastSquares(codes, featuresR);
  const size = norm(featuresR.data);
  const residual = size === 0 ? 0 : norm(difference.data) / size;
  const warnings = rank.certified
    ? []
    : [`the rank of the codes is ${rank.low} to ${rank.high}, cut at ${rank.rank}: the dimension is uncertain`];
  const result = {
    consistent: residual <= CONSISTENT,
    residual,
    dim: featuresR.cols * (codes.cols - rank.rank),
    particular,
    warnings,
  };
  return codes.cols > MOST_LATENTS ? result : { ...result, nullBasis: nullSpace(codes, rank.rank) };
}
