import { jumpReluPairs } from "../activations/jumpRelu.js";
import type { L0Term } from "../spec.js";
import type { Term } from "./term.js";

/**
 * Sparsity of JumpReLU by the count of z > theta (Rajamanoharan et al. 2024b); the gradient goes to theta through the rectangular
 * window of width eps around it, evaluated on z. The `tanh` loss also reaches codes and decoder.
 */
export function l0({ coefficient, loss = "step", target = 1, scale = 4 }: L0Term): Term {
  return {
    name: "l0",
    contribute(context) {
      const { backend, spec, parameters, codes, activations, batch, ramp } = context;
      const strength = coefficient * ramp;
      if (loss === "tanh") {
        const norms = backend.rowNorms(parameters.decoder.value); // [Q]
        const weight = backend.atLatents(codes, backend.binary("mul", norms, scale));
        const value = backend.unary("tanh", backend.binary("mul", activations, weight));
        const slope = backend.binary("mul", backend.binary("sub", backend.unary("square", value), 1), -1);
        const each = strength / batch;
        const total = backend.sum(backend.binary("mul", slope, activations), 0); // [Q]
        return {
          value: () => backend.binary("mul", backend.sum(value), each),
          activations: backend.binary("mul", backend.binary("mul", slope, weight), each),
          decoder: { scale: backend.binary("mul", backend.binary("div", total, norms), each * scale) },
        };
      }
      const { above, window, bandwidth } = jumpReluPairs(backend, spec, parameters, codes);
      const inWindow = backend.sum(window, 0); // [Q]
      if (loss === "step") {
        return {
          value: () => backend.binary("mul", backend.sum(above), strength / batch),
          theta: backend.binary("mul", inWindow, -strength / (batch * bandwidth)),
        };
      }
      const excess = backend.binary("sub", backend.binary("mul", backend.sum(above), 1 / (batch * target)), 1); // Lbar/L* - 1
      return {
        value: () => backend.binary("mul", backend.unary("square", excess), strength),
        theta: backend.binary(
          "mul",
          backend.binary("mul", inWindow, excess),
          (-2 * strength) / (target * batch * bandwidth),
        ),
      };
    },
  };
}
