import { portableLog, type Random, random } from "@monosema/tensor";
import { normalQuantile } from "./normalQuantile.js";

/** Draws which features fire in one sample. */
export interface Firing {
  /** Starts a sample: the firing features without parents, ascending. */
  start(stream: Random): number[];
  /** Whether a child fires, given that its parent does. */
  childFires(feature: number, stream: Random): boolean;
}

/** Correlation of the firings by a Gaussian copula of low rank. */
export interface CorrelationOptions {
  /** r, columns of the factor. */
  readonly rank: number;
  /** Standard deviation of the factor's entries. */
  readonly scale: number;
}

/**
 * Independent firings. Features without parents are grouped by rates within a factor of two; in each group candidates are drawn by
 * geometric gaps at the largest rate and accepted by their share of it. Cost: about twice the number of firing features, not n.
 *
 * @param isTop - whether a feature has no parent
 */
export function independentFiring(rates: Float64Array, isTop: (feature: number) => boolean): Firing {
  const groups = groupByRate(rates, isTop);
  return {
    start: (stream) => {
      const active: number[] = [];
      for (const { features, largest, logSilent } of groups) {
        let at = -1;
        for (;;) {
          at += largest === 1 ? 1 : 1 + Math.floor(portableLog(1 - stream.uniform()) / logSilent);
          if (!(at < features.length)) break;
          const feature = features[at] as number;
          const share = (rates[feature] as number) / largest;
          if (share === 1 || stream.uniform() < share) active.push(feature);
        }
      }
      return groups.length > 1 ? active.sort((a, b) => a - b) : active;
    },
    childFires: (feature, stream) => stream.uniform() < (rates[feature] as number),
  };
}

/** Features with rates in (largest / 2, largest]. */
interface RateGroup {
  readonly features: Int32Array;
  readonly largest: number;
  /** log(1 - largest). */
  readonly logSilent: number;
}

function groupByRate(rates: Float64Array, isTop: (feature: number) => boolean): RateGroup[] {
  const order = Int32Array.from(rates.keys()).filter((feature) => (rates[feature] as number) > 0 && isTop(feature));
  order.sort((a, b) => (rates[b] as number) - (rates[a] as number) || a - b);
  const groups: RateGroup[] = [];
  let start = 0;
  while (start < order.length) {
    const largest = rates[order[start] as number] as number;
    let end = start + 1;
    while (end < order.length && (rates[order[end] as number] as number) > largest / 2) end++;
    groups.push({ features: order.slice(start, end), largest, logSilent: portableLog(1 - largest) });
    start = end;
  }
  return groups;
}

/**
 * Correlated firings: feature i fires where F_i eta_1 + sqrt(D_i) eta_2i exceeds the normal quantile of 1 - p_i, with
 * D_i = 1 - |F_i|^2; rows with D_i < .01 are rescaled to |F_i|^2 = .99. Cost n r per sample.
 *
 * @throws RangeError for a rank or scale out of range
 */
export function copulaFiring(
  rates: Float64Array,
  { rank, scale }: CorrelationOptions,
  isTop: (feature: number) => boolean,
  seed: number,
): Firing {
  if (!Number.isSafeInteger(rank) || rank < 1 || !(scale >= 0)) {
    throw new RangeError(
      `copulaFiring: rank must be at least 1 and scale at least 0, got ${rank} and ${scale}; change them`,
    );
  }
  const { factor, own } = copulaFactor(rates.length, rank, scale, seed);
  const thresholds = rates.map((rate) => normalQuantile(1 - rate));
  const common = new Float64Array(rank);
  const fires = new Uint8Array(rates.length);
  return {
    start: (stream) => {
      for (let k = 0; k < rank; k++) common[k] = stream.normal();
      const active: number[] = [];
      for (let feature = 0; feature < rates.length; feature++) {
        let y = (own[feature] as number) * stream.normal();
        const row = feature * rank;
        for (let k = 0; k < rank; k++) y += (factor[row + k] as number) * (common[k] as number);
        fires[feature] = y > (thresholds[feature] as number) ? 1 : 0;
        if (fires[feature] === 1 && isTop(feature)) active.push(feature);
      }
      return active;
    },
    childFires: (feature) => fires[feature] === 1,
  };
}

/** Rows of the copula: y = factor eta_1 + own eta_2 has unit variance. */
export interface CopulaFactor {
  /** F, `[n, rank]`. */
  readonly factor: Float64Array;
  /** sqrt(D), `[n]`. */
  readonly own: Float64Array;
}

/** Draws F with entries scale N(0, 1) and the diagonal that completes it. */
export function copulaFactor(n: number, rank: number, scale: number, seed: number): CopulaFactor {
  const stream = random(seed, "correlation");
  const factor = Float64Array.from({ length: n * rank }, () => scale * stream.normal());
  const own = new Float64Array(n);
  for (let feature = 0; feature < n; feature++) {
    const row = factor.subarray(feature * rank, (feature + 1) * rank);
    let square = 0;
    for (const value of row) square += value * value;
    if (1 - square < 0.01) {
      const shrink = Math.sqrt(0.99 / square);
      row.forEach((value, k) => {
        row[k] = value * shrink;
      });
      square = 0.99;
    }
    own[feature] = Math.sqrt(1 - square);
  }
  return { factor, own };
}
