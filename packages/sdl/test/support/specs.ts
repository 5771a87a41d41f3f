import {
  type Activation,
  type Biases,
  crosscoder,
  crosslayer,
  type SdlSpec,
  sae,
  type Terms,
  transcoder,
  type VariantOptions,
} from "../../src/index.js";

/** Latents of the specs below. */
export const nQ = 6;

/** Every activation. */
export const activations: Readonly<Record<string, Activation>> = {
  relu: { kind: "relu" },
  jumprelu: { kind: "jumprelu", theta: 0.1, bandwidth: 1.2 },
  topk: { kind: "topk", k: 3 },
  "signed topk": { kind: "topk", k: 3, signed: true },
  batchtopk: { kind: "batchtopk", k: 2.5 },
  groupmax: { kind: "groupmax", k: 2 },
  gated: { kind: "gated" },
};

/** Every variant. */
export const variants: Readonly<Record<string, (options: VariantOptions) => SdlSpec>> = {
  sae: (options) => sae({ nP: 4, ...options }),
  "tied sae": (options) => sae({ nP: 4, tied: true, ...options }),
  transcoder: (options) => transcoder({ nP: 4, nR: 3, ...options }),
  "skip transcoder": (options) => transcoder({ nP: 4, nR: 3, skip: true, ...options }),
  crosscoder: (options) => crosscoder({ sources: [2, 3], ...options }),
  "cross-layer transcoder": (options) =>
    crosslayer({ sources: [2, 3, 2], targets: [1, 2, 2], latents: [2, 1, 3], ...options }),
  "tied crosscoder": (options) => crosscoder({ sources: [2, 3], tied: true, ...options }),
};

/** Every way to train biases. */
export const biases: Readonly<Record<string, Biases>> = {
  "no bias": { encoder: false, decoder: false, subtractDecoderBias: false },
  biases: { encoder: true, decoder: true, subtractDecoderBias: false },
  "subtracted bias": { encoder: true, decoder: true, subtractDecoderBias: true },
};

const prefix = { kind: "prefix", widths: [2, 3, nQ], weights: [0.5, 0.3, 0.4] } as const;
/** Every loss term, and all that go together. */
export const termSets: Readonly<Record<string, (activation: Activation) => Terms>> = {
  "reconstruction alone": () => ({}),
  l1: () => ({ l1: { coefficient: 0.3 } }),
  "l1 by decoder norm": () => ({ l1: { coefficient: 0.3, weighting: "decoderNorm" } }),
  "l1 by sum of sources": () => ({ l1: { coefficient: 0.3, weighting: "sumOfSources" } }),
  "l0 step": () => ({ l0: { coefficient: 0.4 } }),
  "l0 tanh": () => ({ l0: { coefficient: 0.4, loss: "tanh", scale: 2 } }),
  "l0 target": () => ({ l0: { coefficient: 0.4, loss: "target", target: 1.5 } }),
  auxK: () => ({ auxK: { coefficient: 0.7, k: 1 } }),
  multiK: (activation) => ({
    matryoshka: {
      kind: "multiK",
      ks: [1, 2, "k" in activation ? activation.k : 3],
      weights: [0.2, 0.5, 0.4],
    },
  }),
  prefix: () => ({ matryoshka: prefix }),
  "weight decay": () => ({ weightDecay: 0.2 }),
  "many together": (activation) => ({
    matryoshka: prefix,
    weightDecay: 0.2,
    l1: { coefficient: 0.3, weighting: "decoderNorm" },
    ...(activation.kind === "jumprelu" ? { l0: { coefficient: 0.4, loss: "tanh" } } : {}),
    ...("k" in activation ? { auxK: { coefficient: 0.7, k: 2 } } : {}),
  }),
};
