import { repeat } from "../repeat.js";
import type { Term } from "./term.js";

/**
 * The gate's own reconstruction R(x_r - (max(pi, 0) decoder + b_dec + skip)) with decoder, b_dec and skip held constant
 * (Rajamanoharan et al. 2024a): the only path from the reconstruction to the gate.
 */
export function gatedAuxiliary(): Term {
  return {
    name: "gatedAuxiliary",
    contribute({ backend, parameters, codes, target, base, scale }) {
      const levels = backend.decode(codes.pre, parameters.decoder.value); // gated codes store exactly the pairs with pi > 0
      const decoded = levels.reduce((a, b) => backend.binary("add", a, b));
      const error = backend.binary("sub", base ? backend.binary("add", decoded, base) : decoded, target); // [B, R]
      const gradient = backend.binary("mul", error, scale);
      return {
        value: () => backend.binary("mul", backend.sum(backend.unary("square", error)), scale / 2),
        preActivations: backend.dot(codes, repeat(gradient, codes.levels), parameters.decoder.value),
      };
    },
  };
}
