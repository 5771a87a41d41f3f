import { algebra } from "@monosema/tensor";
import * as z from "zod/mini";
import { jumpReluPairs } from "../activations/jumpRelu.js";
import { coefficient, type Keys, positive } from "../schema.js";
import type { TermKind } from "./kind.js";
import type { Term } from "./term.js";

/** Sparsity of JumpReLU. */
export interface L0Term {
  /** l0. */
  readonly coefficient: number;
  /** `step`: mean count of z > theta; `tanh`: tanh(scale f |decoder_i|); `target`: (mean count / target - 1)^2. Default `step`. */
  readonly loss?: "step" | "tanh" | "target";
  /** Wanted L0 of the `target` loss. */
  readonly target?: number;
  /** c of the `tanh` loss. Default 4. */
  readonly scale?: number;
}

const shape = {
  coefficient,
  loss: z.exactOptional(z.enum(["step", "tanh", "target"])),
  target: z.exactOptional(positive),
  scale: z.exactOptional(positive),
} satisfies Keys<L0Term>;

/** L0. */
export const l0: TermKind<L0Term> = {
  schema: z.strictObject(shape),
  *requirements(options, { activation, terms }) {
    yield [activation.kind === "jumprelu", "l0 needs the jumprelu activation", activation.kind, "use l1 or jumprelu"];
    yield [
      (options.loss === "target") === (options.target !== undefined),
      "target belongs to the l0 loss `target`, which needs it",
      options,
      "give the wanted L0 with loss `target`",
    ];
    yield [
      terms.l1?.weighting !== "sumOfSources" || options.loss !== "tanh",
      "the tanh l0 loss and the l1 weighting sumOfSources exclude each other",
      terms,
      "use decoderNorm",
    ];
  },
  open: l0Term,
};

/**
 * The count of z > theta (Rajamanoharan et al. 2024b); the gradient goes to theta through the rectangular window of width eps around it,
 * evaluated on z. The `tanh` loss also reaches codes and decoder.
 */
function l0Term({ coefficient: weight, loss = "step", target = 1, scale = 4 }: L0Term): Term {
  return {
    name: "l0",
    contribute({ backend, spec, parameters, codes, activations, batch, ramp }) {
      const { div, mul, square, sub, sum, tanh } = algebra(backend);
      const strength = weight * ramp;
      if (loss === "tanh") {
        const norms = backend.rowNorms(parameters.decoder.value); // [Q]
        const factor = backend.atLatents(codes, mul(norms, scale));
        const value = tanh(mul(activations, factor));
        const slope = mul(sub(square(value), 1), -1);
        const each = strength / batch;
        const total = sum(mul(slope, activations), 0); // [Q]
        return {
          value: () => mul(sum(value), each),
          activations: mul(mul(slope, factor), each),
          decoder: { scale: mul(div(total, norms), each * scale) },
        };
      }
      if (spec.activation.kind !== "jumprelu") throw new Error("internal: l0 needs the jumprelu activation");
      const { bandwidth } = spec.activation;
      const { above, window } = jumpReluPairs(backend, bandwidth, parameters, codes);
      const inWindow = sum(window, 0); // [Q]
      if (loss === "step") {
        return {
          value: () => mul(sum(above), strength / batch),
          theta: mul(inWindow, -strength / (batch * bandwidth)),
        };
      }
      const excess = sub(mul(sum(above), 1 / (batch * target)), 1); // Lbar/L* - 1
      return {
        value: () => mul(square(excess), strength),
        theta: mul(mul(inWindow, excess), (-2 * strength) / (target * batch * bandwidth)),
      };
    },
  };
}
