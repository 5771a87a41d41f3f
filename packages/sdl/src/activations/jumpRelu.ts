import { algebra, type Backend, type Codes, type Entries } from "@monosema/tensor";
import * as z from "zod/mini";
import type { Parameters } from "../parameters.js";
import { coefficient, type Keys, positive } from "../schema.js";
import type { ActivationKind, TrainingRule } from "./kind.js";
import { encoderBias, maskedInference } from "./masked.js";

/** f = z where z > theta, theta trained per latent (Rajamanoharan et al. 2024b). */
export interface JumpReluActivation {
  /** Discriminant. */
  readonly kind: "jumprelu";
  /** Initial threshold, at least 0; about half the smallest real activation. */
  readonly theta: number;
  /** Width eps of the window of the straight-through estimate, in units of z. */
  readonly bandwidth: number;
}

const shape = {
  kind: z.literal("jumprelu"),
  theta: coefficient,
  bandwidth: positive,
} satisfies Keys<JumpReluActivation>;

/** JumpReLU. */
export const jumpRelu: ActivationKind<JumpReluActivation> = {
  schema: z.strictObject(shape),
  defaults: () => ({
    activation: { kind: "jumprelu", theta: 0.1, bandwidth: 0.1 },
    terms: { l0: { coefficient: 1 } },
    unitNormDecoder: false,
  }),
  vectors: { encoderBias, theta: { required: true, start: ({ theta }) => theta, minimum: 0 } },
  training: straightThrough,
  inference: (_activation, model) =>
    maskedInference({ kind: "threshold", theta: model.weights.theta as Float32Array }, model),
  sameBits: false,
  saelens: () => "jumprelu",
};

/**
 * f = z 1[z > theta] with the straight-through estimate of Rajamanoharan et al. 2024b:
 * df/dtheta = -(theta/eps) 1[|z - theta| < eps/2]. The window is evaluated on z, also below theta.
 */
function straightThrough({ bandwidth }: JumpReluActivation): TrainingRule {
  return {
    selection: ({ theta }) => ({ kind: "threshold", theta: thetaOf(theta).value, margin: bandwidth / 2 }),
    bias: "encoderBias",
    activate(backend, parameters, codes) {
      const { mul, sum } = algebra(backend);
      const { above, window } = jumpReluPairs(backend, bandwidth, parameters, codes);
      return {
        values: mul(codes.pre, above),
        backward(delta) {
          const inWindow = sum(mul(window, delta), 0); // [Q]
          const slope = mul(thetaOf(parameters.theta).value, -1 / bandwidth);
          return { preActivations: mul(above, delta), vectors: { theta: mul(slope, inWindow) } };
        },
      };
    },
  };
}

/** 1[z > theta] and 1[|z - theta| < eps/2] at the stored pairs. */
export interface JumpReluPairs {
  /** 1[z > theta]. */
  readonly above: Entries;
  /** 1[|z - theta| < eps/2]. */
  readonly window: Entries;
}

/**
 * The two masks that JumpReLU and its L0 losses share.
 *
 * @param bandwidth - eps
 */
export function jumpReluPairs(
  backend: Backend,
  bandwidth: number,
  parameters: Parameters,
  codes: Codes,
): JumpReluPairs {
  const { abs, mul, step, sub } = algebra(backend);
  const excess = sub(codes.pre, backend.atLatents(codes, thetaOf(parameters.theta).value));
  return { above: step(excess), window: step(mul(sub(abs(excess), bandwidth / 2), -1)) };
}

function thetaOf(theta: Parameters["theta"]): NonNullable<Parameters["theta"]> {
  if (theta === undefined) throw new Error("internal: jumprelu without theta");
  return theta;
}
