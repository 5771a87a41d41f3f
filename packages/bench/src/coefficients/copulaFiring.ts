import type { CopulaFactor } from "./copulaFactor.js";
import { factorProducts } from "./factorProducts.js";
import type { Firing } from "./firing.js";
import { longestNormals, loudScreen, UNIT } from "./loudScreen.js";
import { isBelowNormal, isBelowNormalNear, normalDistribution } from "./normalDistribution.js";
import { normalQuantile } from "./normalQuantile.js";
import { type SkipGroups, skipGroups } from "./skipGroups.js";

/**
 * Correlated firings: feature i fires where F_i eta_1 + own_i eta_2i exceeds the normal quantile t_i of 1 - p_i. Given eta_1 the
 * firings are independent with probabilities p_i(eta_1) = Phi((F_i eta_1 - t_i) / own_i), so no eta_2 is drawn: candidates come by
 * geometric gaps at a bound that p_i(eta_1) seldom exceeds and are accepted by their share of it. The features whose probability may
 * exceed it, "loud" ones, are found by a product in 16-bit integers and fire with their own probability instead. The integers also
 * decide nearly every acceptance; where their error leaves it open, the product is computed. Children are drawn where their parent
 * fires.
 *
 * @param isTop - whether a feature has no parent
 * @param mostChildren - largest number of children of a feature
 */
export function copulaFiring(
  rates: Float64Array,
  { rank, factor, own }: CopulaFactor,
  isTop: (feature: number) => boolean,
  mostChildren: number,
): Firing {
  const n = rates.length;
  const thresholds = rates.map((rate) => -normalQuantile(rate));
  const bounds = rates.map((rate, i) => {
    if (rate === 0 || !isTop(i)) return 0;
    return cheapestBound(thresholds[i] as number, norm(factor, i * rank, rank), own[i] as number);
  });
  const { features, groups } = skipGroups(bounds);
  const exact = factorProducts(factor, n, rank, Math.max(1, mostChildren));
  const screen = loudScreen(exact.rows, rank, features, groupLimits({ features, groups }, thresholds, own));
  const { sums, limits, list } = screen;
  const slacks = screen.errors.map((error, at) => error / (own[features[at] as number] as number));
  const common = new Float64Array(rank);
  const longest = longestNormals(rank);

  /** Whether v is below a feature's probability to fire, given its product with the common normals. */
  const isBelow = (v: number, feature: number, product: number): boolean =>
    isBelowNormal(v, (product - (thresholds[feature] as number)) / (own[feature] as number));

  const fires = (v: number, at: number): boolean => {
    const feature = features[at] as number;
    const z = ((sums[at] as number) * UNIT - (thresholds[feature] as number)) / (own[feature] as number);
    const near = isBelowNormalNear(v, z, slacks[at] as number);
    return near < 0 ? isBelow(v, feature, exact.of(feature, 1)[0] as number) : near === 1;
  };

  return {
    start: (stream, out) => {
      let square = 0;
      for (let k = 0; k < rank; k++) {
        const normal = stream.normal();
        common[k] = normal;
        square += normal * normal;
      }
      exact.open(common);
      let count = 0;
      if (square > longest * longest) {
        for (const i of features) if (isBelow(stream.uniform(), i, exact.of(i, 1)[0] as number)) out[count++] = i;
        return count;
      }
      const loud = screen.run(common);
      for (const { start, end, bound, next } of groups) {
        for (let at = next(start - 1, stream); at < end; at = next(at, stream)) {
          if ((sums[at] as number) > (limits[at] as number)) continue;
          if (fires(stream.uniform() * bound, at)) out[count++] = features[at] as number;
        }
      }
      for (let i = 0; i < loud; i++) {
        const at = list[i] as number;
        if (fires(stream.uniform(), at)) out[count++] = features[at] as number;
      }
      return count;
    },
    children: (first, size, stream, out) => {
      const products = exact.of(first, size);
      let count = 0;
      for (let i = 0; i < size; i++) {
        if (isBelow(stream.uniform(), first + i, products[i] as number)) out[count++] = first + i;
      }
      return count;
    },
  };
}

/**
 * The bound that costs least: a feature is a candidate with that probability, and its own is above it where its product with the common
 * normals is more than c standard deviations |F_i|, which happens with probability Phi(-c).
 */
function cheapestBound(threshold: number, length: number, own: number): number {
  let [best, least] = [1, 1];
  for (let c = 0; c <= 6; c += 0.25) {
    const bound = normalDistribution((c * length - threshold) / own);
    const cost = bound + normalDistribution(-c);
    if (cost < least) [best, least] = [bound, cost];
  }
  return best;
}

/** The product up to which a feature's probability is at most the bound of its group, by position. */
function groupLimits({ features, groups }: SkipGroups, thresholds: Float64Array, own: Float64Array): Float64Array {
  const limits = new Float64Array(features.length).fill(Number.POSITIVE_INFINITY);
  for (const { start, end, bound } of groups) {
    if (bound === 1) continue;
    const quantile = normalQuantile(bound);
    for (let at = start; at < end; at++) {
      const feature = features[at] as number;
      limits[at] = (thresholds[feature] as number) + (own[feature] as number) * quantile;
    }
  }
  return limits;
}

function norm(matrix: Float64Array, start: number, length: number): number {
  let square = 0;
  for (let k = start; k < start + length; k++) square += (matrix[k] as number) ** 2;
  return Math.sqrt(square);
}
