import { checkMatrix, checkVector, type Mat, zeros } from "@monosema/numerics";
import type { Sigma } from "@monosema/theory";
import { checkSigma } from "@monosema/theory/core";

/** A dictionary as plain data. */
export interface Dictionary {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Activation; its bias stands for `encoderBias`. */
  readonly sigma: Sigma;
  /** Added to the pre-activations, `[nQ]`; default none. */
  readonly encoderBias?: Float64Array;
  /** Added to the reconstruction, `[nR]`; default none. */
  readonly decoderBias?: Float64Array;
  /** Subtract `decoderBias` from the input first (nR = nP); default false. */
  readonly subtractDecoderBias?: boolean;
  /** Whether targets are inputs or live in their space: false for transcoders; default true where nR = nP. */
  readonly sameSpace?: boolean;
  /** Precision of the weights, which sets what counts as zero; default "float32". */
  readonly precision?: "float32" | "float64";
}

/** A checked dictionary; a bias of the encoder stands as its last column, against a 1 at the end of every input. */
export interface FoldedModel {
  /** `[nQ, nP]`, or `[nQ, nP + 1]` with a bias. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Activation without bias. */
  readonly sigma: Sigma;
  /** Whether encoder rows and decoder rows can be compared. */
  readonly sameSpace: boolean;
  /** Whether there is a bias column. */
  readonly biased: boolean;
  /** nP. */
  readonly inputs: number;
  /** Subtracted from inputs, `[nP]`. */
  readonly inputShift: Float64Array;
  /** Subtracted from targets, `[nR]`. */
  readonly targetShift: Float64Array;
  /** Relative distance from a threshold that is no distance. */
  readonly tie: number;
  /** Relative residual that counts as zero. */
  readonly zero: number;
  /** Relative fall of the loss of a partial minimum. */
  readonly eps: number;
  /** The model without folding, its bias within the activation. */
  readonly plain: PlainModel;
}

/** Matrices and activation. */
export interface PlainModel {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Activation with its bias. */
  readonly sigma: Sigma;
}

/**
 * Checks a dictionary and folds its biases.
 *
 * @throws RangeError where shapes do not fit or a number is not finite
 */
export function foldDictionary(dictionary: Dictionary): FoldedModel {
  const { encoder, decoder, encoderBias, decoderBias, subtractDecoderBias = false, precision = "float32" } = dictionary;
  const caller = "auditDictionary";
  checkMatrix(caller, "encoder", encoder);
  checkMatrix(caller, "decoder", decoder, { rows: encoder.rows });
  if (encoder.rows === 0) throw new RangeError(`${caller}: encoder must have a latent, got 0; pass one per row`);
  if (encoderBias !== undefined && dictionary.sigma.bias !== undefined) {
    throw new RangeError(`${caller}: encoderBias must be left out where sigma has a bias, got both; pass one`);
  }
  const bias = encoderBias ?? dictionary.sigma.bias;
  const { bias: _, ...sigma } = dictionary.sigma;
  checkSigma(caller, bias === undefined ? sigma : { ...sigma, bias }, encoder.rows);
  if (decoderBias !== undefined) checkVector(caller, "decoderBias", decoderBias, decoder.cols);
  if (subtractDecoderBias && decoder.cols !== encoder.cols) {
    throw new RangeError(
      `${caller}: subtractDecoderBias must be false where input and target differ in width, got ${encoder.cols} and ${decoder.cols}; leave it out`,
    );
  }
  const biased = bias?.some((value) => value !== 0) === true;
  const plainSigma = biased ? { ...sigma, bias: bias as Float64Array } : sigma;
  const targetShift = decoderBias ?? new Float64Array(decoder.cols);
  const single = precision === "float32";
  return {
    encoder: biased ? withColumn(encoder, bias as Float64Array) : encoder,
    decoder,
    sigma,
    sameSpace: decoder.cols === encoder.cols && dictionary.sameSpace !== false,
    biased,
    inputs: encoder.cols,
    inputShift: subtractDecoderBias ? targetShift : new Float64Array(encoder.cols),
    targetShift,
    tie: single ? 1e-6 : 1e-9,
    zero: single ? 1e-4 : 1e-8,
    eps: single ? 1e-4 : 1e-9,
    plain: { encoder, decoder, sigma: plainSigma },
  };
}

/** Inputs as the folded encoder takes them. */
export function foldInputs({ biased }: FoldedModel, inputs: Mat): Mat {
  return biased ? withColumn(inputs, new Float64Array(inputs.rows).fill(1)) : inputs;
}

function withColumn(mat: Mat, column: Float64Array): Mat {
  const result = zeros(mat.rows, mat.cols + 1);
  for (let i = 0; i < mat.rows; i++) {
    result.data.set(mat.data.subarray(i * mat.cols, (i + 1) * mat.cols), i * result.cols);
    result.data[i * result.cols + mat.cols] = column[i] as number;
  }
  return result;
}
