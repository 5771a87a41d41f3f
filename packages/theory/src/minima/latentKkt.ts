import { dot, type Mat, nonNegativeLeastSquares, norm, row, takeRows, transpose, zeros } from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";
import { regionConstraintsCore } from "../patterns/regionConstraints.js";
import { isTopK } from "../sigma.js";
import type { WeightedModel } from "./maskedModel.js";

/** Most encoder weights for which the coupled conditions of top-k kinds are solved. */
const MOST_WEIGHTS = 2000;
/** Relative distance from a constraint that counts as 0. */
const BINDING = 1e-9;

/** Karush-Kuhn-Tucker conditions of one encoder row in the closed region of the mask. */
export interface LatentKkt {
  /** ||gradient of the loss in the row||. */
  readonly rawGradNorm: number;
  /** ||gradient + sum_d mu_d w_p^d|| with the best mu >= 0: 0 at a minimum of the closed region. */
  readonly residual: number;
  /** mu of the binding features, `[binding]`. */
  readonly mu: Float64Array;
  /** Features at the boundary. */
  readonly binding: readonly number[];
}

/** The conditions of every latent; for top-k kinds, whose constraints couple latents, with one problem for all. */
export function latentKkt(
  model: WeightedModel,
  mask: Mask,
  gradEncoder: Mat,
  entries: readonly (readonly [latent: number, feature: number])[],
): LatentKkt[] {
  const { featuresP, sigma } = model;
  if (isTopK(sigma)) return coupled(model, mask, gradEncoder);
  const binding: number[][] = Array.from({ length: gradEncoder.rows }, () => []);
  for (const [latent, feature] of entries) (binding[latent] as number[]).push(feature);
  return binding.map((features, i) => {
    const gradient = row(gradEncoder, i);
    const rawGradNorm = norm(gradient);
    if (features.length === 0) {
      return { rawGradNorm, residual: rawGradNorm, mu: new Float64Array(0), binding: features };
    }
    const columns = transpose(takeRows(featuresP, features));
    const { x, residualNorm } = nonNegativeLeastSquares(
      columns,
      gradient.map((value) => -value),
    );
    return { rawGradNorm, residual: residualNorm, mu: x, binding: features };
  });
}

/** gradient = G^T mu over the binding rows of the region G vec(W_E) >= h. */
function coupled({ encoder, featuresP, sigma }: WeightedModel, mask: Mask, gradEncoder: Mat): LatentKkt[] {
  const nP = featuresP.cols;
  let rest = Float64Array.from(gradEncoder.data);
  let at: number[] = [];
  let mu = new Float64Array(0);
  let G = zeros(0, encoder.data.length);
  if (encoder.data.length <= MOST_WEIGHTS) {
    const region = regionConstraintsCore({ mask, featuresP, sigma });
    G = region.G;
    const longest = Math.max(...Array.from({ length: encoder.rows }, (_, i) => norm(row(encoder, i))), 0);
    at = Array.from({ length: G.rows }, (_, c) => c).filter((c) => {
      const slack = dot(row(G, c), encoder.data) - (region.h[c] as number);
      return slack <= BINDING * norm(row(G, c)) * longest;
    });
    if (at.length > 0) {
      const solved = nonNegativeLeastSquares(transpose(takeRows(G, at)), gradEncoder.data);
      mu = Float64Array.from(solved.x);
      rest = Float64Array.from(solved.residual);
    }
  }
  return Array.from({ length: encoder.rows }, (_, i) => {
    const own = at.flatMap((c, k) => (norm(row(G, c).subarray(i * nP, (i + 1) * nP)) > 0 ? [k] : []));
    return {
      rawGradNorm: norm(row(gradEncoder, i)),
      residual: norm(rest.subarray(i * nP, (i + 1) * nP)),
      mu: Float64Array.from(own, (k) => mu[k] as number),
      binding: own.map((k) => featureOf(row(G, at[k] as number).subarray(i * nP, (i + 1) * nP), featuresP)),
    };
  });
}

/** The feature whose direction, up to sign, is a block of a constraint. */
function featureOf(block: Float64Array, featuresP: Mat): number {
  for (let d = 0; d < featuresP.rows; d++) {
    const direction = row(featuresP, d);
    if (block.every((value, p) => Math.abs(value) === Math.abs(direction[p] as number))) return d;
  }
  return -1;
}
