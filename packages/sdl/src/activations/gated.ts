import type { ActivationRule } from "./rule.js";

/**
 * Gated: pi = u + b_gate decides, mu = e^r u + b_mag is the value, f = 1[pi > 0] max(mu, 0) (Rajamanoharan et al. 2024a).
 * The gate has no gradient through f.
 */
export const gated: ActivationRule = {
  selection: () => ({ kind: "threshold", theta: 0 }),
  bias: (parameters) => parameters.gateBias?.value,
  activate(backend, parameters, codes) {
    const { gateBias, magnitudeBias, magnitudeScale } = parameters;
    if (magnitudeScale === undefined) throw new Error("internal: gated without magnitudeScale");
    const gain = backend.atLatents(codes, backend.unary("exp", magnitudeScale.value));
    const u = gateBias ? backend.binary("sub", codes.pre, backend.atLatents(codes, gateBias.value)) : codes.pre;
    const scaled = backend.binary("mul", gain, u);
    const magnitude = magnitudeBias
      ? backend.binary("add", scaled, backend.atLatents(codes, magnitudeBias.value))
      : scaled;
    return {
      values: backend.unary("relu", magnitude),
      backward(delta) {
        const dMagnitude = backend.binary("mul", backend.unary("step", magnitude), delta);
        return {
          preActivations: backend.binary("mul", gain, dMagnitude),
          vectors: {
            magnitudeScale: backend.sum(backend.binary("mul", dMagnitude, scaled), 0),
            ...(magnitudeBias ? { magnitudeBias: backend.sum(dMagnitude, 0) } : {}),
          },
        };
      },
    };
  },
};
