import { dot, gaussLaguerre, type Mat, multiply, row, takeRows } from "@monosema/numerics";
import { isolatedCodesCore } from "../codes/isolatedCodes.js";
import type { Sigma } from "../sigma.js";

/** Quadrature nodes per coefficient. */
const NODES = 40;

/** A model, its features and coefficients x_d = cMin + Exp(beta). */
export interface PairTermInput {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Pr(x_d > 0), `[n]`. */
  readonly p: ArrayLike<number>;
  /** Activation. */
  readonly sigma: Sigma;
  /** Smallest active coefficient. */
  readonly cMin: number;
  /** Scale of the exponential. */
  readonly beta: number;
}

/**
 * Part of the exact loss in which exactly two features are active, by Gauss-Laguerre quadrature over their coefficients: exact where
 * no latent switches, relative error about 1e-3 at kinks.
 */
export function pairTerm(input: PairTermInput): number {
  const { featuresP, p, cMin, beta } = input;
  const { nodes, weights } = gaussLaguerre(NODES);
  const coefficients = nodes.map((node) => cMin + beta * node);
  let total = 0;
  for (let i = 0; i < featuresP.rows; i++) {
    for (let j = 0; j < i; j++) {
      let probability = (p[i] as number) * (p[j] as number);
      for (let other = 0; other < p.length; other++) {
        if (other !== i && other !== j) probability *= 1 - (p[other] as number);
      }
      if (probability > 0) total += probability * pairLoss(input, i, j, coefficients, weights);
    }
  }
  return total;
}

/** E ||e||^2 where features i and j alone are active. */
function pairLoss(
  { encoder, decoder, featuresP, featuresR, sigma }: PairTermInput,
  i: number,
  j: number,
  coefficients: Float64Array,
  weights: Float64Array,
): number {
  const grid = mixtures(coefficients);
  const { codes } = isolatedCodesCore({ encoder, featuresP: multiply(grid, takeRows(featuresP, [i, j])), sigma });
  const output = multiply(codes, decoder);
  const target = multiply(grid, takeRows(featuresR, [i, j]));
  let sum = 0;
  for (let at = 0; at < grid.rows; at++) {
    const wanted = row(target, at);
    const error = row(output, at).map((value, k) => value - (wanted[k] as number));
    const weight = (weights[Math.floor(at / NODES)] as number) * (weights[at % NODES] as number);
    sum += weight * dot(error, error);
  }
  return sum;
}

/** All pairs of coefficients, `[NODES^2, 2]`. */
function mixtures(coefficients: Float64Array): Mat {
  const data = Float64Array.from({ length: 2 * NODES * NODES }, (_, at) => {
    const pair = at >> 1;
    return coefficients[at % 2 === 0 ? Math.floor(pair / NODES) : pair % NODES] as number;
  });
  return { rows: NODES * NODES, cols: 2, data };
}
