import {
  biorthogonalRows,
  checkMatrix,
  checkWhole,
  dot,
  type Mat,
  norm,
  row,
  unitRows,
  zeros,
} from "@monosema/numerics";
import { approximateLossCore } from "../codes/approximateLoss.js";
import { checkSigma, isTopK, type Sigma } from "../sigma.js";
import { conicIndependenceCore } from "./conicIndependence.js";

/** How an encoder is made: dual rows, rows that fire on one feature alone, or the features themselves. */
export type RecoveryMethod = "pinv" | "conic" | "tied";

/** Input of {@link recoveryConstruction}. */
export interface RecoveryInput {
  /** Input directions, `[n, nP]`. */
  readonly featuresP: Mat;
  /** Target directions, `[n, nR]`. */
  readonly featuresR: Mat;
  /** Number of latents, at least n; the rest stay dead. */
  readonly nQ: number;
  /** Activation, without bias. */
  readonly sigma: Sigma;
  /** The construction; default "auto": the first of zero approximate loss, else the one of the smallest. */
  readonly method?: RecoveryMethod | "auto";
}

/** A solution with one latent per feature. */
export interface Recovery {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Its approximate loss with weights 1. */
  readonly loss: number;
  /** Whether it is exact for all non-negative mixtures of features, not only for features alone. */
  readonly exactLossZero: boolean;
  /** The construction used. */
  readonly method: RecoveryMethod;
  /** Signed cosine of each encoder row with its feature, `[n]`. */
  readonly encoderCosines: Float64Array;
  /** Remarks. */
  readonly warnings: readonly string[];
}

/** Relative approximate loss that counts as zero. */
const ZERO = 1e-16;

/**
 * A solution that recovers the features.
 *
 * Paper Theorem 3.3 offers W_E = W_p^T, W_D = W_r as a near-zero global minimum, which it is not ("tied", here with unit rows: exact on
 * single features for Top-1 with distinct directions). What is exact: "pinv", W_E = W_p^+ for independent features, for all
 * mixtures; "conic", rows that fire on one feature alone, for single features, where all features are conically independent
 * (ReLU). A perfect encoder need not resemble the features: compare decoders.
 *
 * @throws RangeError where sizes do not fit, nQ < n, or "pinv" is asked for dependent features
 */
export function recoveryConstruction(input: RecoveryInput): Recovery {
  const { featuresP, featuresR, nQ, sigma, method = "auto" } = input;
  checkMatrix("recoveryConstruction", "featuresP", featuresP);
  checkMatrix("recoveryConstruction", "featuresR", featuresR, { rows: featuresP.rows });
  checkSigma("recoveryConstruction", sigma, nQ);
  checkWhole("recoveryConstruction", "nQ", nQ, 0);
  if (nQ < featuresP.rows) {
    throw new RangeError(
      `recoveryConstruction: nQ must be at least the number of features ${featuresP.rows}, got ${nQ}; add latents`,
    );
  }
  if (method === "pinv") return byInverse(input, true) as Recovery;
  if (method === "tied") return tied(input, []);
  if (method === "conic") return byCone(input);
  const tries = [(): Recovery | undefined => byInverse(input, false), () => tied(input, []), () => byCone(input)];
  let best: Recovery | undefined;
  for (const attempt of tries) {
    const found = attempt();
    if (found && (best === undefined || found.loss <= best.loss)) best = found;
    if (best && best.loss <= ZERO * dot(featuresR.data, featuresR.data)) break;
  }
  return best as Recovery;
}

/** W_E = W_p^+. */
function byInverse(input: RecoveryInput, needed: boolean): Recovery | undefined {
  const { featuresP, sigma } = input;
  const n = featuresP.rows;
  const { rows, rank } = biorthogonalRows(featuresP);
  if (rows === null) {
    if (!needed) return undefined;
    throw new RangeError(
      `recoveryConstruction: method "pinv" needs independent features, got rank ${rank} of ${n}; use "conic" or "tied"`,
    );
  }
  const all = isTopK(sigma) ? sigma.k >= n : sigma.kind === "relu";
  const exact = all && sigma.bias === undefined;
  return solution(input, "pinv", rows, input.featuresR, exact, []);
}

/** Rows that fire on one feature alone. */
function byCone(input: RecoveryInput): Recovery {
  const { featuresP } = input;
  const { perFeature } = conicIndependenceCore({ featuresP });
  const inside = perFeature.filter(({ independent }) => !independent).map(({ feature }) => feature);
  if (inside.length > 0) return tied(input, [`features ${inside.join(", ")} are not conically independent`]);
  const rows = zeros(featuresP.rows, featuresP.cols);
  for (const { feature, encoderRow } of perFeature) row(rows, feature).set(encoderRow as Float64Array);
  return solution(input, "conic", rows, input.featuresR, false, []);
}

/** W_E = W_p^T with unit rows. */
function tied(input: RecoveryInput, warnings: readonly string[]): Recovery {
  const { unit, norms } = unitRows(input.featuresP);
  const { rows, cols, data } = input.featuresR;
  const scaled = data.map((value, at) => value / (norms[Math.floor(at / cols)] || 1));
  return solution(input, "tied", unit, { rows, cols, data: scaled }, false, warnings);
}

function solution(
  { featuresP, featuresR, nQ, sigma }: RecoveryInput,
  method: RecoveryMethod,
  rows: Mat,
  outputs: Mat,
  exactLossZero: boolean,
  remarks: readonly string[],
): Recovery {
  const encoder = zeros(nQ, featuresP.cols);
  encoder.data.set(rows.data);
  const decoder = zeros(nQ, featuresR.cols);
  decoder.data.set(outputs.data);
  const weights = new Float64Array(featuresP.rows).fill(1);
  const { total, warnings } = approximateLossCore({
    ...{ encoder, decoder, featuresP, featuresR, weights, sigma },
    gradients: false,
  });
  const encoderCosines = Float64Array.from({ length: featuresP.rows }, (_, d) => {
    const [own, feature] = [row(encoder, d), row(featuresP, d)];
    return dot(own, feature) / (norm(own) * norm(feature) || 1);
  });
  return {
    ...{ encoder, decoder, loss: total, method, encoderCosines },
    exactLossZero,
    warnings: [...remarks, ...warnings],
  };
}
