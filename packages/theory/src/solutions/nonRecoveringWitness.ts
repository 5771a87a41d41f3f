import { checkMatrix, checkWhole, type Mat, multiply, norm, row, unitRows } from "@monosema/numerics";
import { approximateLossCore } from "../codes/approximateLoss.js";
import { type SeededRandom, seededRandom } from "../seededRandom.js";
import { checkSigma, type Sigma } from "../sigma.js";
import { mixingModel, type PlainModel, randomModel, splitModel, topKMixingModel } from "./witnessModels.js";

/** Most models that are drawn of each kind. */
const DRAWS = 50;

/** Features, the size of the model and what counts as recovered. */
export interface NonRecoveringWitnessInput {
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Number of latents. */
  readonly nQ: number;
  /** Activation; witnesses are built for `relu` and, with k >= 2, `topk-relu`, both without bias. */
  readonly sigma: Sigma;
  /** Cosine from which a row counts as recovering a feature; default .95. */
  readonly tau?: number;
  /** Seed of the draws. */
  readonly seed: number;
  /** Ask for zero loss on all co-active inputs, not only on features alone; default false. */
  readonly exact?: boolean;
}

/** A zero-loss model that recovers no feature. */
export interface NonRecoveringWitness {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Approximate loss with unit weights, at most 1e-16 sum ||w_r||^2. */
  readonly loss: number;
  /** Largest cosine of an encoder row with a w_p. */
  readonly bestEncoderCosine: number;
  /** Largest cosine of a decoder row with a w_r. */
  readonly bestDecoderCosine: number;
  /** [Q; -Q] with orthogonal Q, random rows, mixed dual rows, or mixed pairs of latents for TopK. */
  readonly method: "split" | "random" | "mixing" | "topk-eps";
  /** What to know before the model is used. */
  readonly warnings: readonly string[];
}

/**
 * A model with zero loss on given features whose encoder and decoder rows all stay below a cosine `tau` with every feature: the
 * paper's Figure 4 for any features. Null where none was found; for Top-1 after ReLU none exists (zero loss forces w_D^i
 * proportional to w_r^d).
 *
 * Concerns Theorem 3.4 of arXiv 2512.05534, whose zero-loss set it samples. With `exact`, the split W_E = [Q; -Q],
 * W_D = [Q^T, -Q^T] A with W_r = A W_p needs nQ >= 2 nP and is exact for all inputs, the mixing of dual rows needs independent w_p and is
 * exact for all x >= 0. Cost: that of a pseudo-inverse of n x min(nQ, 2 n) per draw.
 *
 * @throws RangeError where shapes do not fit or a number is not finite or out of range
 */
export function nonRecoveringWitness(input: NonRecoveringWitnessInput): NonRecoveringWitness | null {
  const { featuresP, featuresR, nQ, sigma, seed } = input;
  checkMatrix("nonRecoveringWitness", "featuresP", featuresP);
  checkMatrix("nonRecoveringWitness", "featuresR", featuresR, { rows: featuresP.rows });
  checkWhole("nonRecoveringWitness", "nQ", nQ, 1);
  checkSigma("nonRecoveringWitness", sigma, nQ);
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`nonRecoveringWitness: seed must be a whole number, got ${seed}; pass one`);
  }
  return nonRecoveringWitnessCore(input);
}

/** {@link nonRecoveringWitness} of input that was checked. */
export function nonRecoveringWitnessCore(input: NonRecoveringWitnessInput): NonRecoveringWitness | null {
  const { featuresP, featuresR, sigma, tau = 0.95, seed, exact = false } = input;
  const random = seededRandom(seed);
  const directions = { wP: unitRows(featuresP).unit, wR: unitRows(featuresR).unit };
  for (const { method, draw } of buildersFor(input, exact, random)) {
    for (let attempt = 0; attempt < DRAWS; attempt++) {
      const model = draw();
      if (model === null) break;
      const bestEncoderCosine = largestCosine(model.encoder, directions.wP);
      const bestDecoderCosine = largestCosine(model.decoder, directions.wR);
      if (bestEncoderCosine >= tau || bestDecoderCosine >= tau) continue;
      const weights = new Float64Array(featuresP.rows).fill(1);
      const { total: loss, e0 } = approximateLossCore({
        ...model,
        featuresP,
        featuresR,
        weights,
        sigma,
        gradients: false,
      });
      if (!(loss <= 1e-16 * e0)) continue;
      return { ...model, loss, bestEncoderCosine, bestDecoderCosine, method, warnings: [] };
    }
  }
  return null;
}

/** A way to draw zero-loss models; null from `draw` means that it does not apply. */
interface Builder {
  readonly method: NonRecoveringWitness["method"];
  readonly draw: () => PlainModel | null;
}

function buildersFor(input: NonRecoveringWitnessInput, exact: boolean, random: SeededRandom): Builder[] {
  const { sigma } = input;
  if (sigma.bias?.some((value) => value !== 0)) return [];
  const split: Builder = { method: "split", draw: () => splitModel(input, random) };
  const mixing: Builder = { method: "mixing", draw: () => mixingModel(input, random) };
  const topK: Builder = { method: "topk-eps", draw: () => topKMixingModel(input, random) };
  if (sigma.kind === "relu") {
    return exact ? [split, mixing] : [{ method: "random", draw: () => randomModel(input, random) }, mixing, split];
  }
  return sigma.kind === "topk-relu" && sigma.k >= 2 && !exact ? [topK] : [];
}

/** Largest cosine of a non-zero row with a unit direction; -1 without any. */
function largestCosine(rows: Mat, directions: Mat): number {
  const { unit, norms } = unitRows(rows);
  const cosines = multiply(unit, directions, { transposeB: true });
  let largest = -1;
  norms.forEach((length, i) => {
    if (length === 0) return;
    row(cosines, i).forEach((value, d) => {
      if (value > largest && norm(row(directions, d)) > 0) largest = value;
    });
  });
  return Math.min(1, largest);
}
