import type { Term } from "./term.js";

/**
 * AuxK (Gao et al. 2024): per sample the largest positive pre-activations of dead latents reconstruct the residual, which is held
 * constant; decoded without b_dec. The gradient reaches decoder, encoder and b_enc of the chosen latents. Without a dead latent the term
 * is 0.
 *
 * @param coefficient - weight against the reconstruction, default 1/32
 */
export function auxK(coefficient: number = 1 / 32): Term {
  return {
    name: "auxK",
    contribute({ backend, parameters, auxiliary, dead, target, reconstruction, scale }) {
      if (auxiliary === undefined || dead === undefined)
        throw new Error("internal: auxK needs the auxiliary selection");
      const residual = backend.binary("sub", target, reconstruction);
      const decoded = backend.decode(auxiliary.pre, parameters.decoder.value)[0];
      if (decoded === undefined) throw new Error("internal: decode gave no level");
      const error = backend.binary("sub", decoded, residual); // [B, R]
      const gradient = backend.binary("mul", error, coefficient * scale);
      return {
        value() {
          const whole = backend.binary("mul", backend.sum(backend.unary("square", error)), (coefficient * scale) / 2);
          return backend.binary("mul", whole, backend.unary("step", backend.sum(dead)));
        },
        preActivations: backend.dot(auxiliary, [gradient], parameters.decoder.value),
        decoder: { from: { coefficients: auxiliary.pre, rows: gradient } },
      };
    },
  };
}
