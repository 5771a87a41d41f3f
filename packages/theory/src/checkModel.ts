import { checkMatrix, checkWeights, type Mat } from "@monosema/numerics";
import { checkSigma, type Sigma } from "./sigma.js";

/** Encoder and activation with the directions that they read. */
export interface Encoding {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** Activation. */
  readonly sigma: Sigma;
}

/** A model and its features. */
export interface FeatureModel extends Encoding {
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
}

/** RangeError unless encoder, features and activation fit each other. */
export function checkEncoding(caller: string, { encoder, featuresP, sigma }: Encoding): void {
  checkMatrix(caller, "encoder", encoder);
  checkMatrix(caller, "featuresP", featuresP, { cols: encoder.cols });
  checkSigma(caller, sigma, encoder.rows);
}

/** RangeError unless a model and its features fit each other. */
export function checkModel(caller: string, model: FeatureModel): void {
  const { encoder, decoder, featuresP, featuresR } = model;
  checkEncoding(caller, model);
  checkMatrix(caller, "featuresR", featuresR, { rows: featuresP.rows });
  checkMatrix(caller, "decoder", decoder, { rows: encoder.rows, cols: featuresR.cols });
}

/** RangeError unless a model, its features and their weights fit each other. */
export function checkWeightedModel(
  caller: string,
  model: FeatureModel & { readonly weights: ArrayLike<number> },
): void {
  checkModel(caller, model);
  checkWeights(caller, model.weights, model.featuresP.rows);
}
