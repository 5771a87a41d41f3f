import { type Activation, type TensorTaker, transpose, type Weights } from "@monosema/sdl";

/** A class of dictionaries of dictionary_learning: what it stores, and what it computes. */
export interface DictionaryClass {
  /** The tensor that shows P and Q, and whether it is [P, Q] or [Q, P]. */
  readonly encoder: "W_enc" | "encoder.weight";
  /** Its activation; `rank` and `batch` have a k. */
  readonly activation: "relu" | "gated" | "jumprelu" | "rank" | "batch";
  /** b_dec is subtracted from the input. */
  readonly subtractDecoderBias: boolean;
  /** Takes the arrays. */
  weights(tensors: TensorTaker, sizes: Widths): Weights;
}

/** P and Q. */
export interface Widths {
  /** Width of the activations. */
  readonly nP: number;
  /** Latents. */
  readonly nQ: number;
}

/** The classes by the name that `dict_class` of config.json has. */
export const dictionaryClasses: ReadonlyMap<string, DictionaryClass> = new Map<string, DictionaryClass>([
  ["AutoEncoder", { ...linear("encoder.bias", "bias"), activation: "relu", subtractDecoderBias: true }],
  ["AutoEncoderNew", { ...linear("encoder.bias", "decoder.bias"), activation: "relu", subtractDecoderBias: false }],
  [
    "GatedAutoEncoder",
    {
      encoder: "encoder.weight",
      activation: "gated",
      subtractDecoderBias: true,
      weights: (tensors, sizes) => ({
        ...linearMatrices(tensors, sizes),
        decoderBias: tensors.array("decoder_bias", [sizes.nP]),
        gateBias: tensors.array("gate_bias", [sizes.nQ]),
        magnitudeBias: tensors.array("mag_bias", [sizes.nQ]),
        magnitudeScale: tensors.array("r_mag", [sizes.nQ]),
      }),
    },
  ],
  [
    "JumpReluAutoEncoder",
    {
      encoder: "W_enc",
      activation: "jumprelu",
      subtractDecoderBias: false,
      weights: (tensors, sizes) => ({
        ...parameterMatrices(tensors, sizes),
        // ReLU(z) 1[z > theta] of a negative theta is ReLU(z).
        theta: tensors.array("threshold", [sizes.nQ]).map((theta) => Math.max(theta, 0)),
      }),
    },
  ],
  ["AutoEncoderTopK", { ...linear("encoder.bias", "b_dec"), activation: "rank", subtractDecoderBias: true }],
  ["BatchTopKSAE", { ...linear("encoder.bias", "b_dec"), activation: "batch", subtractDecoderBias: true }],
  [
    "MatryoshkaBatchTopKSAE",
    { encoder: "W_enc", activation: "batch", subtractDecoderBias: true, weights: parameterMatrices },
  ],
]);

/** Weights of an `nn.Linear` on both sides. */
function linear(encoderBias: string, decoderBias: string): Pick<DictionaryClass, "encoder" | "weights"> {
  return {
    encoder: "encoder.weight",
    weights: (tensors, sizes) => ({
      ...linearMatrices(tensors, sizes),
      encoderBias: tensors.array(encoderBias, [sizes.nQ]),
      decoderBias: tensors.array(decoderBias, [sizes.nP]),
    }),
  };
}

/** `nn.Linear` has its weights as [out, in]. */
function linearMatrices(tensors: TensorTaker, { nP, nQ }: Widths): Pick<Weights, "encoder" | "decoder"> {
  return {
    encoder: tensors.array("encoder.weight", [nQ, nP]),
    decoder: transpose(tensors.array("decoder.weight", [nP, nQ]), nP, nQ),
  };
}

/** Parameters that rows of samples are multiplied with. */
function parameterMatrices(tensors: TensorTaker, { nP, nQ }: Widths): Weights {
  return {
    encoder: transpose(tensors.array("W_enc", [nP, nQ]), nP, nQ),
    encoderBias: tensors.array("b_enc", [nQ]),
    decoder: tensors.array("W_dec", [nQ, nP]),
    decoderBias: tensors.array("b_dec", [nP]),
  };
}

/** The activation of a class in our terms. */
export function activationOf({ activation }: DictionaryClass, k: () => number): Activation {
  if (activation === "rank") return { kind: "topk", k: k() };
  if (activation === "batch") return { kind: "batchtopk", k: k() };
  return activation === "jumprelu" ? { kind: activation, theta: 0.001, bandwidth: 0.001 } : { kind: activation };
}
