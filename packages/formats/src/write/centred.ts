import { foldShift, type Model, type Weights } from "@monosema/sdl";

/**
 * The weights of a dictionary that subtracts b_dec from its input, or does not, with the same outputs: the encoder's biases take up the
 * difference, in float32.
 *
 * @param subtracts - what the layout that is written does
 */
export function centred({ spec, weights }: Model, subtracts: boolean): Weights {
  const { decoderBias, skip, ...others } = weights;
  if (spec.biases.subtractDecoderBias === subtracts || decoderBias === undefined) return weights;
  const zero = new Float32Array(spec.nQ);
  const whole = spec.activation.kind === "gated" ? gatedBiases(others, zero) : { encoderBias: zero, ...others };
  const mean = subtracts ? decoderBias.map((value) => -value) : decoderBias;
  return { ...foldShift(spec.activation, whole, mean), decoderBias, ...(skip ? { skip } : {}) };
}

/** The sentence about what {@link centred} does. */
export function centredLoss({ spec, weights }: Model, subtracts: boolean): string[] {
  if (spec.biases.subtractDecoderBias === subtracts || weights.decoderBias === undefined) return [];
  const change = subtracts ? "subtracts b_dec from its input" : "does not subtract b_dec from its input";
  return [`It ${change} there: the biases of the encoder make up for it, up to rounding [rounding]`];
}

const gatedBiases = (weights: Weights, zero: Float32Array): Weights => ({
  gateBias: zero,
  magnitudeBias: zero,
  magnitudeScale: zero,
  ...weights,
});
