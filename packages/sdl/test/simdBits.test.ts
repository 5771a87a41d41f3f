import { openSimd } from "@monosema/simd";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  type BatchSource,
  crosscoder,
  fit,
  type SdlSpec,
  sae,
  type TrainingState,
  type TrainOptions,
  transcoder,
} from "../src/index.js";

const dims = { nP: 24, nQ: 300 };
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
      terms: { matryoshka: { kind: "prefix", widths: [40, 120, 300] } },
    }),
  },
  "auxK, unit decoder, clipping": {
    spec: sae({ ...dims, activation: k, biases: true, unitNormDecoder: true, terms: { auxK: { k: 12 } } }),
    options: { deadWindow: 100, optimizer: { lr: 1e-3, clip: 0.5 } },
  },
  "tied, weight decay": { spec: sae({ ...dims, activation: k, tied: true, terms: { weightDecay: 1e-3 } }) },
  "transcoder, skip": { spec: transcoder({ ...dims, nR: 17, skip: true, activation: k, biases: true }) },
  "crosscoder, l1 by the norms of sources": {
    spec: crosscoder({
      nQ: 300,
      sources: [10, 14],
      activation: { kind: "relu" },
      terms: { l1: { coefficient: 0.05, weighting: "sumOfSources" } },
    }),
  },
};

const steps = 5;

function source({ nP, nR, variant }: SdlSpec): BatchSource {
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
      ...(variant === "transcoder" ? { target: numbers("target", step, nR) } : {}),
    }),
  };
}

async function weightsOf(backend: Awaited<ReturnType<typeof openSimd>>, name: string) {
  const { spec, options } = settings[name] as (typeof settings)[string];
  const { model } = await fit(backend, spec, source(spec), { steps, optimizer: { lr: 1e-3 }, ...options });
  const numbers = Object.entries(model.weights).map(([part, values]) => [part, Float64Array.from(values)] as const);
  return Object.fromEntries(numbers);
}

describe.each(Object.keys(settings))("%s on simd", (name) => {
  it("gives the same bits on 1, 2, 3 and 4 threads", async () => {
    const found = [];
    for (const threads of [1, 2, 3, 4]) {
      const backend = await openSimd({ threads });
      found.push(await weightsOf(backend, name));
      await backend.close();
    }
    for (const weights of found.slice(1)) expect(weights).toEqual(found[0]);
  });

  it("stays within 1e-5 of the reference backend over five steps of Adam", async () => {
    const backend = await openSimd({ threads: 2 });
    const ours = await weightsOf(backend, name);
    await backend.close();
    const exact = await weightsOf(referenceBackend(), name);
    for (const [part, wanted] of Object.entries(exact)) {
      const found = ours[part] as ArrayLike<number>;
      const norm = Math.sqrt(wanted.reduce((sum, v) => sum + v * v, 0));
      const difference = Math.sqrt(wanted.reduce((sum, v, n) => sum + (v - (found[n] as number)) ** 2, 0));
      expect(difference / (norm + 1e-3), part).toBeLessThan(1e-5);
    }
  });
});

it.each(["relu", "jumprelu"] as const)(
  "a resumed run of %s gives the same bits where large products are screened",
  async (kind) => {
    const activation = kind === "relu" ? ({ kind } as const) : ({ kind, theta: 0.1, bandwidth: 0.2 } as const);
    const spec = sae({ nP: 128, nQ: 400, activation, biases: true });
    const states: TrainingState[] = [];
    const save = async (state: TrainingState) => void states.push(state);
    const run = async (options: Partial<TrainOptions>) => {
      const backend = await openSimd({ threads: 2 });
      const { model } = await fit(backend, spec, source(spec), { steps: 8, ...options });
      await backend.close();
      return model.weights;
    };
    const whole = await run({ checkpoint: { every: 3, save } });
    expect(await run({ resume: states[1] as TrainingState })).toEqual(whole);
  },
);
