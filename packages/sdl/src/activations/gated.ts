import { algebra } from "@monosema/tensor";
import * as z from "zod/mini";
import { repeat } from "../repeat.js";
import type { Term } from "../terms/term.js";
import type { ActivationKind, TrainingRule } from "./kind.js";

/** Gate on pi = u + b_gate, value max(e^r u + b_mag, 0) (Rajamanoharan et al. 2024a); its auxiliary reconstruction is always on. */
export interface GatedActivation {
  /** Discriminant. */
  readonly kind: "gated";
}

/**
 * pi = u + b_gate decides, mu = e^r u + b_mag is the value, f = 1[pi > 0] max(mu, 0). The gate has no gradient through f.
 */
const gate: TrainingRule = {
  selection: () => ({ kind: "threshold", theta: 0 }),
  bias: "gateBias",
  isGate: true,
  activate(backend, { gateBias, magnitudeBias, magnitudeScale }, codes) {
    if (magnitudeScale === undefined) throw new Error("internal: gated without magnitudeScale");
    const { add, exp, mul, relu, step, sub, sum } = algebra(backend);
    const gain = backend.atLatents(codes, exp(magnitudeScale.value));
    const u = gateBias ? sub(codes.pre, backend.atLatents(codes, gateBias.value)) : codes.pre;
    const scaled = mul(gain, u);
    const magnitude = magnitudeBias ? add(scaled, backend.atLatents(codes, magnitudeBias.value)) : scaled;
    return {
      values: relu(magnitude),
      backward(delta) {
        const dMagnitude = mul(step(magnitude), delta);
        return {
          preActivations: mul(gain, dMagnitude),
          vectors: {
            magnitudeScale: sum(mul(dMagnitude, scaled), 0),
            ...(magnitudeBias ? { magnitudeBias: sum(dMagnitude, 0) } : {}),
          },
        };
      },
    };
  },
};

/**
 * The gate's own reconstruction R(x_r - (max(pi, 0) decoder + b_dec + skip)) with decoder, b_dec and skip held constant
 * (Rajamanoharan et al. 2024a): the only path from the reconstruction to the gate.
 */
const gateReconstruction: Term = {
  name: "gatedAuxiliary",
  contribute({ backend, parameters, codes, target, base, scale }) {
    const { add, mul, square, sub, sum } = algebra(backend);
    const levels = backend.decode(codes.pre, parameters.decoder.value); // exactly the pairs with pi > 0 are stored
    const decoded = levels.reduce((a, b) => add(a, b));
    const error = sub(base ? add(decoded, base) : decoded, target); // [B, R]
    const gradient = mul(error, scale);
    return {
      value: () => mul(sum(square(error)), scale / 2),
      preActivations: backend.dot(codes, repeat(gradient, codes.levels), parameters.decoder.value),
    };
  },
};

/** Gated. */
export const gated: ActivationKind<GatedActivation> = {
  schema: z.strictObject({ kind: z.literal("gated") }),
  // With free norms the l1 shrinks the decoder and e^r makes up for it: nothing stops them.
  defaults: () => ({ activation: { kind: "gated" }, terms: { l1: { coefficient: 1 } }, unitNormDecoder: true }),
  vectors: {
    gateBias: { bias: true, addsTo: () => 1 },
    magnitudeBias: { bias: true, addsTo: ({ magnitudeScale }, i) => Math.exp(magnitudeScale?.[i] ?? 0) },
    magnitudeScale: {},
  },
  training: () => gate,
  inference: (_activation, { weights: { gateBias, magnitudeBias, magnitudeScale } }) => ({
    selection: { kind: "threshold", theta: 0 },
    ...(gateBias ? { bias: gateBias } : {}),
    values: {
      ...(magnitudeScale ? { gain: magnitudeScale.map(Math.exp) } : {}),
      ...(magnitudeBias ? { offset: magnitudeBias } : {}),
    },
  }),
  terms: [gateReconstruction],
  penalised: () => "preActivations",
  sameBits: false,
  saelens: () => "gated",
};
