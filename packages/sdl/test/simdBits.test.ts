import { createHash } from "node:crypto";
import { openSimd } from "@monosema/simd";
import { type Backend, BackendError, random, referenceBackend } from "@monosema/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BatchSource,
  crosscoder,
  crosslayer,
  fit,
  type SdlSpec,
  sae,
  type TrainingState,
  type TrainOptions,
  transcoder,
  transcodes,
} from "../src/index.js";

/** Large enough for whole-number tiles. */
const dims = { nP: 80, nQ: 400 };
const k = { kind: "topk", k: 6 } as const;

/** Every kernel of a training step. */
const settings: Readonly<Record<string, { readonly spec: SdlSpec; readonly options?: Partial<TrainOptions> }>> = {
  topk: { spec: sae({ ...dims, activation: k, biases: true }) },
  "pure topk": { spec: sae({ ...dims, activation: { ...k, signed: true } }) },
  batchtopk: { spec: sae({ ...dims, activation: { kind: "batchtopk", k: 5.5 }, biases: true }) },
  "relu, l1 by decoder norms": {
    spec: sae({
      ...dims,
      activation: { kind: "relu" },
      terms: { l1: { coefficient: 0.05, weighting: "decoderNorm" } },
    }),
  },
  "jumprelu, l0": {
    spec: sae({
      ...dims,
      activation: { kind: "jumprelu", theta: 0.1, bandwidth: 0.2 },
      biases: true,
      terms: { l0: { coefficient: 0.01 } },
    }),
  },
  groupmax: {
    spec: sae({ ...dims, activation: { kind: "groupmax", k: 8 }, biases: true, terms: { auxK: { k: 12 } } }),
  },
  gated: { spec: sae({ ...dims, activation: { kind: "gated" }, biases: true, terms: { l1: { coefficient: 0.05 } } }) },
  "matryoshka by rank": {
    spec: sae({
      ...dims,
      activation: { kind: "topk", k: 9 },
      terms: { matryoshka: { kind: "multiK", ks: [2, 4, 9] } },
    }),
  },
  "matryoshka by prefix, batchtopk": {
    spec: sae({
      ...dims,
      activation: { kind: "batchtopk", k: 6 },
      terms: { matryoshka: { kind: "prefix", widths: [40, 120, 400] } },
    }),
  },
  "auxK, unit decoder, clipping": {
    spec: sae({ ...dims, activation: k, biases: true, unitNormDecoder: true, terms: { auxK: { k: 12 } } }),
    options: { deadWindow: 100, optimizer: { lr: 1e-3, clip: 0.5 } },
  },
  "tied, weight decay": { spec: sae({ ...dims, activation: k, tied: true, terms: { weightDecay: 1e-3 } }) },
  "transcoder, skip": { spec: transcoder({ ...dims, nR: 17, skip: true, activation: k, biases: true }) },
  "cross-layer, clipping": {
    spec: crosslayer({
      nQ: 400,
      sources: [30, 50],
      targets: [11, 17],
      latents: [150, 250],
      activation: k,
      biases: true,
    }),
    options: { optimizer: { lr: 1e-3, clip: 0.5 } },
  },
  "crosscoder, l1 by the norms of sources": {
    spec: crosscoder({
      nQ: 400,
      sources: [30, 50],
      activation: { kind: "relu" },
      terms: { l1: { coefficient: 0.05, weighting: "sumOfSources" } },
    }),
  },
};

/** Those whose values come from float64 sums in every tier. */
const exactInAllTiers = ["topk", "pure topk", "batchtopk", "matryoshka by rank", "tied, weight decay"];

function source(spec: SdlSpec): BatchSource {
  const { nP, nR } = spec;
  const size = 70;
  const numbers = (name: string, step: number, width: number) => {
    const stream = random(step, name);
    return Float32Array.from({ length: size * width }, () => stream.normal());
  };
  return {
    batchSize: size,
    batch: (step) => ({
      size,
      input: numbers("input", step, nP),
      ...(transcodes(spec) ? { target: numbers("target", step, nR) } : {}),
    }),
  };
}

type Weights = Readonly<Record<string, Float64Array>>;

async function weightsOf(backend: Backend, name: string, more: Partial<TrainOptions> = {}): Promise<Weights> {
  const { spec, options } = settings[name] as (typeof settings)[string];
  const { model } = await fit(backend, spec, source(spec), { steps: 5, optimizer: { lr: 1e-3 }, ...options, ...more });
  const parts = Object.entries(model.weights).map(([part, values]) => [part, Float64Array.from(values)] as const);
  return Object.fromEntries(parts);
}

/** A digest: comparing arrays number by number takes longer than the training. */
function bitsOf(weights: Weights): string {
  const digest = createHash("sha256");
  for (const [part, values] of Object.entries(weights)) digest.update(part).update(values);
  return digest.digest("hex");
}

describe("on simd", () => {
  /** By number of threads, and by tier. */
  const byThreads: Backend[] = [];
  const byTier: Backend[] = [];
  beforeAll(async () => {
    for (const threads of [1, 2, 3, 4]) byThreads.push(await openSimd({ threads }));
    for (const tier of ["float32", "int16", "int8"] as const) {
      const opened = await openSimd({ threads: 1, tier }).catch((error: unknown) => error);
      if (opened instanceof BackendError && opened.code === "no-tier" && tier === "int8") continue;
      byTier.push(opened as Backend);
    }
  });
  afterAll(async () => {
    for (const backend of [...byThreads, ...byTier]) await backend.close();
  });
  const two = () => byThreads[1] as Backend;

  describe.each(Object.keys(settings))("%s", (name) => {
    it("gives the same bits on 1, 2, 3 and 4 threads", async () => {
      const found: string[] = [];
      for (const backend of byThreads) found.push(bitsOf(await weightsOf(backend, name, { steps: 10 })));
      expect(found).toEqual(found.map(() => found[0]));
    });

    it("stays within 1e-5 of the reference backend over five steps of Adam", async () => {
      const ours = await weightsOf(two(), name);
      const exact = await weightsOf(referenceBackend(), name);
      for (const [part, wanted] of Object.entries(exact)) {
        const found = ours[part] as ArrayLike<number>;
        const norm = Math.sqrt(wanted.reduce((sum, v) => sum + v * v, 0));
        const difference = Math.sqrt(wanted.reduce((sum, v, n) => sum + (v - (found[n] as number)) ** 2, 0));
        expect(difference / (norm + 1e-3), part).toBeLessThan(1e-5);
      }
    });

    it("gives the same bits when it is resumed", async () => {
      const states: TrainingState[] = [];
      const save = async (state: TrainingState) => void states.push(state);
      const whole = bitsOf(await weightsOf(two(), name, { steps: 8, checkpoint: { every: 3, save } }));
      const resume = states[1] as TrainingState;
      expect(resume.step).toBe(6);
      expect(bitsOf(await weightsOf(byThreads[0] as Backend, name, { steps: 8, resume }))).toBe(whole);
    });
  });

  it.each(exactInAllTiers)("%s gives the same bits in every tier of this engine", async (name) => {
    const found: string[] = [];
    for (const backend of byTier) found.push(bitsOf(await weightsOf(backend, name)));
    expect(found.length).toBeGreaterThan(1);
    expect(found).toEqual(found.map(() => found[0]));
  });
});
