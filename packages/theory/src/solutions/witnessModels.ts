import {
  addScaled,
  dot,
  identity,
  leastSquares,
  type Mat,
  multiply,
  norm,
  pseudoInverse,
  rank,
  row,
  zeros,
} from "@monosema/numerics";
import { isolatedCodesCore } from "../codes/isolatedCodes.js";
import type { SeededRandom } from "../seededRandom.js";
import { nullSpace } from "./nullSpace.js";

/** Encoder and decoder. */
export interface PlainModel {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
}

/** Features and the number of latents. */
export interface WitnessFeatures {
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Number of latents. */
  readonly nQ: number;
}

/** Random unit encoder rows with the least-squares decoder; latents beyond 2 n are zero. */
export function randomModel({ featuresP, featuresR, nQ }: WitnessFeatures, random: SeededRandom): PlainModel {
  const encoder = zeros(nQ, featuresP.cols);
  const used = Math.min(nQ, 2 * featuresP.rows);
  for (let i = 0; i < used; i++) fillUnit(row(encoder, i), random);
  const { codes } = isolatedCodesCore({ encoder, featuresP, sigma: { kind: "relu" } });
  const { x: decoder } = leastSquares(codes, featuresR);
  return { encoder, decoder };
}

/**
 * W_E = [Q; -Q], W_D = [A Q^T, -A Q^T] with W_r = A W_p, exact for all inputs that are combinations of features, and for all inputs at
 * all where W_r = W_p; null where nQ < 2 nP or no such A exists.
 */
export function splitModel({ featuresP, featuresR, nQ }: WitnessFeatures, random: SeededRandom): PlainModel | null {
  const nP = featuresP.cols;
  if (nQ < 2 * nP) return null;
  const map = targetMap(featuresP, featuresR, random);
  if (map === null) return null;
  const encoder = zeros(nQ, nP);
  for (let i = 0; i < nP; i++) {
    const direction = row(encoder, i);
    fillUnit(direction, random);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) addScaled(direction, row(encoder, j), -dot(direction, row(encoder, j)));
    }
    scale(direction, 1 / norm(direction));
    addScaled(row(encoder, nP + i), direction, -1);
  }
  return { encoder, decoder: multiply(encoder, map) };
}

/** A^T, `[nP, nR]`, with W_r = A W_p: the identity if it fits, else random where the features leave it open; null where there is none. */
function targetMap(featuresP: Mat, featuresR: Mat, random: SeededRandom): Mat | null {
  const same = featuresP.cols === featuresR.cols && featuresP.data.every((value, at) => value === featuresR.data[at]);
  if (same) return identity(featuresP.cols);
  const { x: map, residual } = leastSquares(featuresP, featuresR);
  if (norm(residual.data) > 1e-9 * norm(featuresR.data)) return null;
  const unseen = nullSpace(featuresP);
  const size = norm(map.data) / Math.sqrt(map.data.length);
  const open: Mat = { rows: unseen.rows, cols: featuresR.cols, data: new Float64Array(unseen.rows * featuresR.cols) };
  for (let at = 0; at < open.data.length; at++) open.data[at] = size * random.normal();
  addScaled(map.data, multiply(unseen, open, { transposeA: true }).data, 1);
  return map;
}

/** W_E = V W_p^+ and W_D = W_r V^-1 with a positive mixing matrix V; null where w_p are dependent or nQ < n. */
export function mixingModel(features: WitnessFeatures, random: SeededRandom): PlainModel | null {
  const { featuresP, nQ } = features;
  if (!canMix(features)) return null;
  const n = featuresP.rows;
  const codes = mixture(n, nQ, random, () => (0.01 / n) * (0.5 + random.uniform()));
  return mixed(features, codes, codes);
}

/** As {@link mixingModel} with two positive latents per feature, the others pushed below 0; null where it does not apply. */
export function topKMixingModel(features: WitnessFeatures, random: SeededRandom): PlainModel | null {
  const { featuresP, nQ } = features;
  if (!canMix(features)) return null;
  const codes = mixture(featuresP.rows, nQ, random, () => 0);
  const pre = { ...codes, data: codes.data.map((value) => (value === 0 ? -0.5 : value)) };
  return mixed(features, pre, codes);
}

function canMix({ featuresP, nQ }: WitnessFeatures): boolean {
  const n = featuresP.rows;
  return n >= 2 && nQ >= n && n <= featuresP.cols && rank(featuresP).rank === n;
}

/** The model with given pre-activations and codes of independent features, both `[n, nQ]`. */
function mixed({ featuresP, featuresR }: WitnessFeatures, pre: Mat, codes: Mat): PlainModel {
  const encoder = multiply(pre, pseudoInverse(featuresP), { transposeA: true, transposeB: true });
  const { x: decoder } = leastSquares(codes, featuresR);
  return { encoder, decoder };
}

/** I + e P with a random cyclic order P of the features and e in [.7, .9], and `rest()` elsewhere within the first n latents. */
function mixture(n: number, nQ: number, random: SeededRandom, rest: () => number): Mat {
  const codes = zeros(n, nQ);
  const order = random.permutation(n);
  const share = 0.7 + 0.2 * random.uniform();
  for (let d = 0; d < n; d++) for (let i = 0; i < n; i++) codes.data[d * nQ + i] = rest();
  order.forEach((d, at) => {
    codes.data[d * nQ + d] = 1;
    codes.data[d * nQ + (order[(at + 1) % n] as number)] = share;
  });
  return codes;
}

function fillUnit(values: Float64Array, random: SeededRandom): void {
  for (let k = 0; k < values.length; k++) values[k] = random.normal();
  scale(values, 1 / norm(values));
}

function scale(values: Float64Array, factor: number): void {
  for (let k = 0; k < values.length; k++) values[k] = (values[k] as number) * factor;
}
