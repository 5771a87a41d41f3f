import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  type BatchSource,
  fit,
  openModel,
  type SdlSpec,
  sae,
  type Terms,
  type TrainingState,
  type TrainOptions,
  transcoder,
  type VariantOptions,
  type Weights,
} from "../src/index.js";
import { evaluate } from "./support/gradients.js";
import type { PlainWeights } from "./support/plainObjective.js";
import { bestCosines, toySource } from "./support/toyDictionary.js";

const backend = referenceBackend();
const nP = 6;
const nQ = 16;
const source = toySource({ nP, batchSize: 16 });
const build = (options: Partial<VariantOptions>): SdlSpec =>
  sae({ nP, nQ, activation: { kind: "topk", k: 3 }, ...options });

/** The states after each step. */
async function statesOf(spec: SdlSpec, options: TrainOptions, from: BatchSource = source): Promise<TrainingState[]> {
  const states: TrainingState[] = [];
  await fit(backend, spec, from, {
    ...options,
    checkpoint: { every: 1, save: async (state) => void states.push(state) },
  });
  return states;
}

const parameter = (state: TrainingState | undefined, name: string) =>
  state?.parameters.get(name) as { value: Float64Array; first: Float64Array; second: Float64Array };
const normsOf = (rows: ArrayLike<number>, width: number): number[] =>
  Array.from({ length: rows.length / width }, (_, i) =>
    Math.hypot(...Array.from({ length: width }, (_, d) => rows[i * width + d] as number)),
  );

describe("the loss that is optimised", () => {
  const jumprelu = { kind: "jumprelu", theta: 0.2, bandwidth: 0.5 } as const;
  it.each<[term: string, options: Partial<VariantOptions>, terms: Terms]>([
    ["l1", { activation: { kind: "relu" } }, { l1: { coefficient: 0.1 } }],
    ["l0 step", { activation: jumprelu }, { l0: { coefficient: 0.1 } }],
    ["l0 tanh", { activation: jumprelu }, { l0: { coefficient: 0.1, loss: "tanh" } }],
    ["l0 target", { activation: jumprelu }, { l0: { coefficient: 0.1, loss: "target", target: 1 } }],
    ["auxK", {}, { auxK: { coefficient: 1 } }],
    ["multiK", {}, { matryoshka: { kind: "multiK", ks: [1, 3] } }],
    ["prefix", {}, { matryoshka: { kind: "prefix", widths: [4, nQ] } }],
    ["weight decay", {}, { weightDecay: 0.1 }],
  ])("contains %s: without it the weights differ after two steps", async (_, options, terms) => {
    const train = { steps: 2, deadWindow: 16 };
    const withTerm = await fit(backend, build({ ...options, terms }), source, train);
    const without = await fit(backend, build(options), source, train);
    expect(withTerm.model.weights).not.toEqual(without.model.weights);
  });

  it("is the sum of the reported terms: its slope along a first tiny step is the gradient norm", async () => {
    // For plain gradient directions Adam's first step is lr sign(g); so the loss falls by lr sum |g|.
    const spec = build({
      activation: { kind: "relu" },
      terms: { l1: { coefficient: 0.3, weighting: "decoderNorm" }, weightDecay: 0.05 },
    });
    const lr = 1e-7;
    const same: BatchSource = { batchSize: 16, batch: () => source.batch(1) };
    const { reports } = await fit(backend, spec, same, { steps: 2, reportEvery: 1, optimizer: { lr, epsilon: 1e-30 } });
    const start = (await fit(backend, spec, same, { steps: 1, optimizer: { lr: 1e-30 } })).model.weights;
    const weights = Object.fromEntries(
      Object.entries(start).map(([name, v]) => [name, Float64Array.from(v)]),
    ) as unknown as PlainWeights;
    const input = Float64Array.from((await source.batch(1)).input);
    const { gradients } = await evaluate(backend, spec, { weights, batch: { size: 16, input, target: input } });
    const fall = [...gradients.values()].flatMap((g) => [...g]).reduce((sum, g) => sum + Math.abs(g), 0) * lr;
    expect(((reports[0]?.loss as number) - (reports[1]?.loss as number)) / fall).toBeCloseTo(1, 3);
  });
});

it("tied weights stay one matrix", async () => {
  const spec = sae({ nP, nQ, tied: true, activation: { kind: "topk", k: 3 } });
  const { weights } = (await fit(backend, spec, source, { steps: 5 })).model;
  expect(weights.decoder).toBe(weights.encoder);
});

describe("unit-norm decoder", () => {
  const spec = build({ unitNormDecoder: true, terms: { weightDecay: 0.01 } });

  it("holds after every step, on the decoder's rows", async () => {
    for (const state of await statesOf(spec, { steps: 12, optimizer: { lr: 0.05 } })) {
      for (const norm of normsOf(parameter(state, "decoder").value, nP)) expect(norm).toBeCloseTo(1, 12);
    }
  });

  it("projects the gradient by the rows that the step starts from", async () => {
    const [first, second] = await statesOf(spec, { steps: 2, optimizer: { lr: 0.05, beta1: 0 } });
    const rows = parameter(first, "decoder").value;
    const gradient = parameter(second, "decoder").first; // beta1 0: the gradient of step 2
    for (let i = 0; i < nQ; i++) {
      const inner = rows
        .subarray(i * nP, (i + 1) * nP)
        .reduce((sum, v, d) => sum + v * (gradient[i * nP + d] as number), 0);
      expect(inner).toBeCloseTo(0, 12);
    }
    expect(gradient.some((v) => Math.abs(v) > 1e-3)).toBe(true);
  });
});

describe("Adam", () => {
  it("moves latents that do not fire, by their decaying moments (dense semantics)", async () => {
    // Latent 1 fires on the first batch only.
    const once: BatchSource = {
      batchSize: 1,
      batch: (step) => ({ size: 1, input: step === 1 ? Float32Array.of(0.2, 1) : Float32Array.of(1, -1) }),
    };
    const weights: Weights = { encoder: Float32Array.of(1, 0, 0, 1), decoder: Float32Array.of(0.5, 0, 0, 0.5) };
    const spec = sae({ nP: 2, nQ: 2, activation: { kind: "relu" } });
    const states = await statesOf(spec, { steps: 3, weights, optimizer: { lr: 0.01 } }, once);
    const at = (t: number) => parameter(states[t - 1], "decoder");
    const g = at(1).first[3] as number;
    expect(g).not.toBe(0);
    for (const t of [2, 3]) {
      expect(at(t).first[3]).toBeCloseTo(g * 0.9 ** (t - 1), 14);
      const [m, v] = [(at(t).first[3] as number) / (1 - 0.9 ** t), (at(t).second[3] as number) / (1 - 0.999 ** t)];
      const moved = (at(t).value[3] as number) - (at(t - 1).value[3] as number);
      expect(moved).toBeCloseTo((-0.01 * m) / (Math.sqrt(v) + 1e-8), 12);
    }
  });

  it("clips by the global norm: the first moments are those of the scaled gradient", async () => {
    const norm = async (clip?: number) => {
      const [state] = await statesOf(build({}), { steps: 1, optimizer: { beta1: 0, ...(clip ? { clip } : {}) } });
      return Math.hypot(...["encoder", "decoder"].flatMap((name) => [...parameter(state, name).first]));
    };
    const whole = await norm();
    expect(await norm(whole / 4)).toBeCloseTo(whole / 4, 10);
    expect(await norm(whole * 2)).toBeCloseTo(whole, 12);
  });
});

describe("thresholds of JumpReLU", () => {
  it("move from .01 at a rate of 7e-5 under a target loss, and stay float32", async () => {
    const spec = build({
      activation: { kind: "jumprelu", theta: 0.01, bandwidth: 0.05 },
      terms: { l0: { coefficient: 1, loss: "target", target: 0.5 } },
    });
    const small: BatchSource = {
      batchSize: 64,
      batch: async (step) => ({
        size: 64,
        input: (await toySource({ nP, batchSize: 64 }).batch(step)).input.map((v) => v * 0.02),
      }),
    };
    const { model } = await fit(backend, spec, small, { steps: 100, optimizer: { lr: 7e-5 } });
    expect(model.weights.theta).toBeInstanceOf(Float32Array);
    for (const theta of model.weights.theta ?? []) expect(Math.abs(theta - 0.01)).toBeGreaterThan(1e-3);
  });

  it("never fall below 0", async () => {
    const spec = build({
      activation: { kind: "jumprelu", theta: 0.01, bandwidth: 1 },
      terms: { l0: { coefficient: 5, loss: "target", target: nQ } },
    });
    const states = await statesOf(spec, { steps: 10, optimizer: { lr: 0.01 } });
    const thetas = states.map((state) => parameter(state, "theta").value);
    expect(thetas.every((theta) => theta.every((v) => v >= 0))).toBe(true);
    expect(thetas.at(-1)?.some((v) => v === 0)).toBe(true);
  });
});

describe("the running threshold of BatchTopK", () => {
  // Encoder 1, lr negligible: the batch's values are its samples; k B = 2 of 4 samples are selected.
  const spec = sae({ nP: 1, nQ: 1, activation: { kind: "batchtopk", k: 0.5, thresholdRate: 0.25 } });
  const batches = [
    [-1, -2, -3, 0],
    [3, 4, 2, 1],
    [-1, 5, -2, -3],
    [0, 0, 0, 0],
    [7, 8, 9, 1],
  ];
  const from: BatchSource = {
    batchSize: 4,
    batch: (step) => ({ size: 4, input: Float32Array.from(batches[step - 1] ?? []) }),
  };
  const options = { weights: { encoder: Float32Array.of(1), decoder: Float32Array.of(0.5) }, optimizer: { lr: 1e-30 } };

  it("starts at the first smallest active value, then moves by its rate, and skips batches without active codes", async () => {
    const states = await statesOf(spec, { steps: 5, ...options }, from);
    // smallest active: none, 3, 5, none, 8.
    const expected = [0, 3, 3 + 0.25 * 2, 3.5, 3.5 + 0.25 * 4.5];
    states.forEach(({ threshold }, i) => {
      expect(threshold).toBeCloseTo(expected[i] as number, 12);
    });
  });

  it("is the model's threshold, by which inference selects", async () => {
    const { model } = await fit(backend, spec, from, { steps: 3, ...options });
    expect(model.threshold).toBeCloseTo(3.5, 12);
    const loaded = openModel(backend, model);
    const { latents, values } = await loaded.encode(Float32Array.of(3.4, 3.6, 9), 3);
    loaded.dispose();
    expect([...latents]).toEqual([0, 0]);
    expect([...values]).toEqual([Math.fround(3.6), 9]);
  });

  it("is absent from a model that never saw an active code, and running that is an error", async () => {
    const { model } = await fit(backend, spec, from, { steps: 1, ...options });
    expect(model).not.toHaveProperty("threshold");
    expect(() => openModel(backend, model)).toThrow(/batchtopk needs its running threshold/);
  });
});

describe("a small dictionary is recovered", () => {
  it("by a TopK SAE: every true feature has a decoder row with cosine above .95", { timeout: 20_000 }, async () => {
    const known = toySource({ nP: 18, n: 24, active: 1.5, batchSize: 128 });
    const spec = sae({ nP: 18, nQ: 64, activation: { kind: "topk", k: 3 } });
    const { model, reports } = await fit(backend, spec, known, { steps: 600, optimizer: { lr: 0.01 } });
    const cosines = bestCosines(known.features, model.weights.decoder, 18);
    expect(Math.min(...cosines)).toBeGreaterThan(0.95);
    expect(reports.at(-1)?.fvu).toBeLessThan(0.1);
  });

  it("by a TopK transcoder, in the target space", { timeout: 20_000 }, async () => {
    const known = toySource({ nP: 14, nR: 10, n: 16, active: 1.2, batchSize: 64 });
    const spec = transcoder({ nP: 14, nR: 10, nQ: 40, activation: { kind: "topk", k: 3 } });
    const { reports } = await fit(backend, spec, known, { steps: 400, optimizer: { lr: 0.01 } });
    expect(reports.at(-1)?.fvu).toBeLessThan(0.1);
  });
});

it("leaves nothing on the backend", () => expect(backend.liveTensors()).toBe(0));
