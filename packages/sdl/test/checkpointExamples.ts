import { random } from "@monosema/tensor";
import {
  type Activation,
  crosscoder,
  crosslayer,
  type Model,
  parameterShapes,
  type SdlSpec,
  sae,
  transcoder,
  type Weights,
} from "../src/index.js";
import { clearOutside, supportOf } from "../src/layers.js";

/** Every activation, named. */
export const activations: Readonly<Record<string, Activation>> = {
  relu: { kind: "relu" },
  jumprelu: { kind: "jumprelu", theta: 0.3, bandwidth: 0.2 },
  topk: { kind: "topk", k: 4 },
  "signed topk": { kind: "topk", k: 4, signed: true },
  batchtopk: { kind: "batchtopk", k: 3.5, thresholdRate: 0.05 },
  groupmax: { kind: "groupmax", k: 3 },
  gated: { kind: "gated" },
};

/** Every variant with every activation, with and without biases, by name. */
export const specs: ReadonlyMap<string, SdlSpec> = new Map(
  Object.entries(activations).flatMap(([name, activation]) =>
    [false, true].flatMap((biases): [string, SdlSpec][] => {
      const common = { nQ: activation.kind === "groupmax" ? 12 : 13, activation, biases };
      const suffix = biases ? ", biases" : "";
      return [
        [`${name} sae${suffix}`, sae({ nP: 6, ...common })],
        [`${name} tied sae${suffix}`, sae({ nP: 6, tied: true, ...common })],
        [`${name} transcoder${suffix}`, transcoder({ nP: 6, nR: 5, ...common })],
        [`${name} skip transcoder${suffix}`, transcoder({ nP: 6, nR: 6, skip: true, ...common })],
        [`${name} crosscoder${suffix}`, crosscoder({ sources: [4, 3], ...common })],
        [
          `${name} crosslayer${suffix}`,
          crosslayer({ sources: [4, 3], targets: [2, 3], latents: [5, common.nQ - 5], ...common }),
        ],
      ];
    }),
  ),
);

/** A model with normal weights, positive thresholds and all arrays that its specification trains. */
export function exampleModel(spec: SdlSpec, options: Partial<Model> = {}, seed = 1): Model {
  const weights: Partial<Record<keyof Weights, Float32Array>> = {};
  for (const [name, shape] of parameterShapes(spec)) {
    const draws = random(seed, name);
    const size = shape.reduce((a, b) => a * b, 1);
    const value = name === "theta" ? () => 0.1 + 0.5 * draws.uniform() : () => 0.6 * draws.normal();
    weights[name] = Float32Array.from({ length: size }, value);
  }
  if (spec.tied && weights.encoder) weights.decoder = weights.encoder;
  if (spec.layers) {
    clearOutside(weights.encoder as Float32Array, spec.nP, supportOf(spec, "encoder"));
    clearOutside(weights.decoder as Float32Array, spec.nR, supportOf(spec, "decoder"));
  }
  return {
    spec,
    weights: weights as Weights,
    inputScaling: "none",
    ...(spec.activation.kind === "batchtopk" ? { threshold: 0.7 } : {}),
    ...options,
  };
}

/** Normal samples `[batch, width]`. */
export function samples(batch: number, width: number, seed = 2): Float32Array {
  const draws = random(seed, "samples");
  return Float32Array.from({ length: batch * width }, () => draws.normal());
}
