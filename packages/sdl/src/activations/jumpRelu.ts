import type { Backend, Codes, Entries } from "@monosema/tensor";
import type { Parameters } from "../parameters.js";
import type { JumpReluActivation, SdlSpec } from "../spec.js";
import type { ActivationRule } from "./rule.js";

/**
 * JumpReLU f = z 1[z > theta] with the straight-through estimate of Rajamanoharan et al. 2024b:
 * df/dtheta = -(theta/eps) 1[|z - theta| < eps/2]. The window is evaluated on z, also below theta.
 */
export function jumpRelu(spec: SdlSpec, { bandwidth }: JumpReluActivation): ActivationRule {
  return {
    selection: ({ theta }) => ({ kind: "threshold", theta: thetaOf(theta).value, margin: bandwidth / 2 }),
    bias: (parameters) => parameters.encoderBias?.value,
    activate(backend, parameters, codes) {
      const { above, window } = jumpReluPairs(backend, spec, parameters, codes);
      return {
        values: backend.binary("mul", codes.pre, above),
        backward(delta) {
          const inWindow = backend.sum(backend.binary("mul", window, delta), 0); // [Q]
          const slope = backend.binary("mul", thetaOf(parameters.theta).value, -1 / bandwidth);
          return {
            preActivations: backend.binary("mul", above, delta),
            vectors: { theta: backend.binary("mul", slope, inWindow) },
          };
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
  /** eps. */
  readonly bandwidth: number;
}

/** The two masks that JumpReLU and its L0 losses share. */
export function jumpReluPairs(backend: Backend, spec: SdlSpec, parameters: Parameters, codes: Codes): JumpReluPairs {
  if (spec.activation.kind !== "jumprelu") throw new Error("internal: jumpReluPairs needs the jumprelu activation");
  const { bandwidth } = spec.activation;
  const excess = backend.binary("sub", codes.pre, backend.atLatents(codes, thetaOf(parameters.theta).value));
  const distance = backend.unary("abs", excess);
  const inside = backend.binary("mul", backend.binary("sub", distance, bandwidth / 2), -1);
  return { above: backend.unary("step", excess), window: backend.unary("step", inside), bandwidth };
}

function thetaOf(theta: Parameters["theta"]): NonNullable<Parameters["theta"]> {
  if (theta === undefined) throw new Error("internal: jumprelu without theta");
  return theta;
}
