import { kindOf } from "../activations/table.js";
import type { ArrayName, LatentVector } from "../arrays.js";
import { requireSupport } from "../layers.js";
import type { Model } from "../model.js";
import { parameterNames, parameterShapes } from "../parameters.js";
import { validateSpec } from "../validateSpec.js";

/**
 * Checks that the arrays of a model are those of its specification. Biases may be absent (they are zero), the others may not.
 *
 * @param caller - function name for messages
 * @throws RangeError that names the array, its required and its present length
 */
export function checkModel(caller: string, { spec, weights }: Model): void {
  validateSpec(spec);
  const lengths = new Map([...parameterShapes(spec)].map(([name, shape]) => [name, shape.reduce((a, b) => a * b, 1)]));
  lengths.set("decoder", spec.nQ * spec.nR);
  const { vectors } = kindOf(spec.activation);
  const isOptional = (name: ArrayName): boolean =>
    name === "decoderBias" || (name in vectors && !vectors[name as LatentVector]?.required);
  for (const name of parameterNames) {
    const wanted = lengths.get(name);
    const values = weights[name];
    const got = values?.length;
    if (got === wanted || (got === undefined && isOptional(name))) {
      if (values) requireSupport(caller, spec, name, values);
      continue;
    }
    throw new RangeError(
      `${caller}: ${name} must hold ${wanted ?? "no"} values for this specification, got ${got ?? "none"}; the weights belong to another model`,
    );
  }
  if (spec.tied && !sameBytes(weights.encoder, weights.decoder)) {
    throw new RangeError(
      `${caller}: tied weights need a decoder equal to the encoder, got different values; pass one array twice`,
    );
  }
}

/** Equality of every bit, NaN included. */
function sameBytes(a: Float32Array, b: Float32Array): boolean {
  if (a === b) return true;
  const x = new Uint32Array(a.buffer, a.byteOffset, a.length);
  const y = new Uint32Array(b.buffer, b.byteOffset, b.length);
  return x.length === y.length && x.every((word, i) => word === y[i]);
}
