import { dot, fastNonNegativeLeastSquares, type Mat, normaliseRows, zeros } from "@monosema/numerics";
import type { Similarity } from "./similarity.js";

/** A latent that holds a feature together with ancestors of it. */
export interface CompositeMatch {
  /** Latent. */
  readonly latent: number;
  /** The feature: without it the fit is not good enough. */
  readonly feature: number;
  /** Cosine of the decoder row with the cone of the feature and its ancestors. */
  readonly cosine: number;
  /** The features that the best fit holds, ancestors first. */
  readonly parts: readonly number[];
  /** How much of each unit feature it holds, for a decoder row of length 1. */
  readonly weights: readonly number[];
}

/**
 * Latents that are sums along a branch of a hierarchy. Children fire only with their parents, so one latent for parent and child is a
 * sparser code than the two true directions, and not an error. A pair (latent, feature) counts where the decoder row has a cosine above
 * tau with the non-negative cone of the feature and its ancestors, and at most tau with the cone of the ancestors alone.
 *
 * A pass over the Q N cosines, and a small non-negative least-squares problem for each pair that may count.
 *
 * @param similarity - signed cosines of decoder rows and features `[Q, N]`
 * @param features - `[N, width]`
 * @param parentOf - parent of each feature, -1 for none, `[N]`
 * @param tau - between 0 and 1, default .9
 */
export function compositeMatches(
  similarity: Similarity,
  features: Float32Array | Float64Array,
  parentOf: Int32Array,
  tau = 0.9,
): CompositeMatch[] {
  return matchesOfBranches(similarity, branchesOf(features, parentOf), parentOf, tau);
}

/** The same, with the branches of the features. */
export function matchesOfBranches(
  { cosine, rows, columns }: Similarity,
  branches: readonly Branch[],
  parentOf: Int32Array,
  tau: number,
): CompositeMatch[] {
  const order = Int32Array.from(branches, ({ feature }) => feature);
  const least = Float64Array.from(branches, ({ slack }) => tau * tau * slack);
  const matches: CompositeMatch[] = [];
  const power = new Float64Array(columns); // sum of the squared positive cosines along the branch
  const isHeld = new Uint8Array(columns); // the branch alone has a cosine above tau
  for (let latent = 0; latent < rows; latent++) {
    const own = cosine.subarray(latent * columns, (latent + 1) * columns);
    for (let at = 0; at < columns; at++) {
      const feature = order[at] as number;
      const parent = parentOf[feature] as number;
      const positive = Math.max(0, own[feature] as number);
      power[feature] = positive * positive + (parent < 0 ? 0 : (power[parent] as number));
      isHeld[feature] = parent < 0 ? Number(positive > tau) : (isHeld[parent] as number);
      if (parent < 0 || isHeld[feature] === 1 || (power[feature] as number) < (least[at] as number)) continue;
      const { chain, gram } = branches[at] as Branch;
      const fit = coneFit(
        gram,
        Float64Array.from(chain, (member) => own[member] as number),
      );
      if (!(fit.cosine > tau)) continue;
      isHeld[feature] = 1;
      const held = chain.map((_, at) => at).filter((at) => (fit.weights[at] as number) > 0);
      matches.push({
        latent,
        feature,
        cosine: fit.cosine,
        parts: held.map((at) => chain[at] as number),
        weights: held.map((at) => fit.weights[at] as number),
      });
    }
  }
  return matches;
}

/** A feature with its ancestors. */
export interface Branch {
  /** The feature. */
  readonly feature: number;
  /** Root first, the feature last. */
  readonly chain: readonly number[];
  /** Their inner products. */
  readonly gram: Mat;
  /**
   * x^T gram x is at least this times |x|^2 for x >= 0, by the negative products alone: a fit with cosine c has squared positive cosines
   * that sum to at least c^2 times it.
   */
  readonly slack: number;
}

/** The branch of each feature, parents before their children. */
export function branchesOf(features: Float32Array | Float64Array, parentOf: Int32Array): readonly Branch[] {
  const n = parentOf.length;
  const width = features.length / n;
  const units = new Float64Array(features);
  normaliseRows(units, width);
  const unit = (feature: number): Float64Array => units.subarray(feature * width, (feature + 1) * width);
  const branches = Array.from({ length: n }, (_, feature): Branch => {
    const chain = [feature];
    for (let at = parentOf[feature] as number; at >= 0; at = parentOf[at] as number) chain.unshift(at);
    const size = chain.length;
    const gram = zeros(size, size);
    const negative = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const product = i === j ? 1 : dot(unit(chain[i] as number), unit(chain[j] as number));
        gram.data[i * size + j] = product;
        negative[i] = (negative[i] as number) + Math.max(0, -product);
      }
    }
    return { feature, chain, gram, slack: Math.max(0, 1 - Math.max(...negative)) };
  });
  return branches.sort((a, b) => a.chain.length - b.chain.length);
}

/** Fit of a unit row by non-negative multiples of unit directions. */
export interface ConeFit {
  /** Cosine of the row and its fit; 0 where no multiple helps. */
  readonly cosine: number;
  /** The multiples. */
  readonly weights: Float64Array;
}

/**
 * The cosine of a unit row with the cone of directions: the length of its projection.
 *
 * @param gram - inner products of the directions `[k, k]`
 * @param cosines - of the row with them `[k]`
 */
export function coneFit(gram: Mat, cosines: Float64Array): ConeFit {
  const { x } = fastNonNegativeLeastSquares(gram, cosines);
  return { cosine: Math.sqrt(Math.max(0, dot(x, cosines))), weights: x };
}
