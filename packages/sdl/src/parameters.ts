import type { AdamState, Backend, Parameter } from "@monosema/tensor";
import { kindOf } from "./activations/table.js";
import { type ArrayName, arrayNames } from "./arrays.js";
import { requireSupport } from "./layers.js";
import type { Weights } from "./model.js";
import type { SdlSpec } from "./spec.js";

/** The trained tensors of a dictionary on a backend; shapes as in {@link Weights}. */
export type Parameters = { readonly [name in keyof Weights]: Parameter };

/** Names of the parameters in a fixed order. */
export const parameterNames: readonly ArrayName[] = Object.keys(arrayNames) as ArrayName[];

/** Shape of each parameter that the spec trains; a tied decoder is absent, it is the encoder. */
export function parameterShapes(spec: SdlSpec): Map<ArrayName, readonly number[]> {
  const { nP, nR, nQ, biases, tied, skip } = spec;
  const vectors = Object.entries(kindOf(spec.activation).vectors).filter(([, rule]) => biases.encoder || !rule.bias);
  const shapes = new Map<string, readonly number[]>([
    ["encoder", [nQ, nP]],
    ...(tied ? [] : [["decoder", [nQ, nR]] as const]),
    ...(biases.decoder ? [["decoderBias", [nR]] as const] : []),
    ...(skip ? [["skip", [nR, nP]] as const] : []),
    ...vectors.map(([name]) => [name, [nQ]] as const),
  ]);
  const ordered = parameterNames.map((name) => [name, shapes.get(name)] as const);
  return new Map(ordered.flatMap(([name, shape]) => (shape ? [[name, shape] as const] : [])));
}

/** Puts values and moments on a backend. */
export function openParameters(
  backend: Backend,
  spec: SdlSpec,
  states: ReadonlyMap<string, Partial<AdamState> & Pick<AdamState, "value">>,
): Parameters {
  const checked = [...parameterShapes(spec)].map(([name, shape]) => {
    const state = states.get(name);
    const length = shape.reduce((a, b) => a * b, 1);
    if (state?.value.length !== length) {
      throw new RangeError(
        `openParameters: ${name} needs ${length} values [${shape}], got ${state?.value.length ?? "none"}; the spec and the weights do not belong together`,
      );
    }
    requireSupport("openParameters", spec, name, state.value);
    return [name, shape, state] as const;
  });
  const opened: Partial<Record<keyof Weights, Parameter>> = {};
  for (const [name, shape, state] of checked) opened[name] = backend.parameter(shape, state);
  if (spec.tied && opened.encoder) opened.decoder = opened.encoder;
  return opened as Parameters;
}

/** Host copies of values and moments. */
export async function readParameters(
  backend: Backend,
  spec: SdlSpec,
  parameters: Parameters,
): Promise<Map<string, AdamState>> {
  const states = new Map<string, AdamState>();
  for (const name of parameterShapes(spec).keys()) {
    const parameter = parameters[name];
    if (parameter) states.set(name, await backend.readState(parameter));
  }
  return states;
}

/** The values alone, in float32, as a {@link Weights} record. */
export function weightsOf(spec: SdlSpec, states: ReadonlyMap<string, Pick<AdamState, "value">>): Weights {
  const weights: Partial<Record<keyof Weights, Float32Array>> = {};
  for (const name of parameterShapes(spec).keys()) {
    const value = states.get(name)?.value;
    if (value) weights[name] = Float32Array.from(value);
  }
  if (spec.tied && weights.encoder) weights.decoder = weights.encoder;
  return weights as Weights;
}

/** Frees the parameters. */
export function disposeParameters(backend: Backend, spec: SdlSpec, parameters: Parameters): void {
  for (const name of parameterShapes(spec).keys()) {
    const parameter = parameters[name];
    if (parameter) backend.dispose(parameter);
  }
}
