import { type Backend, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  type BatchSource,
  type ExtraTerm,
  fit,
  type SdlSpec,
  sae,
  type TrainingState,
  type TrainOptions,
} from "../src/index.js";
import { toySource } from "./support/toyDictionary.js";

const backend = referenceBackend();
const spec = sae({ nP: 6, nQ: 16, activation: { kind: "topk", k: 3 } });
const source = toySource({ nP: 6, batchSize: 16 });
const term = (options: ExtraTerm["options"]): ExtraTerm => ({
  name: "extra",
  options,
  open: () => ({ name: "extra", contribute: ({ backend: b }) => ({ value: () => b.tensor([0], []) }) }),
});
const options: TrainOptions = { steps: 8, terms: [term({ strength: 1 })] };

async function stateAt(
  step: number,
  given: Partial<TrainOptions> = {},
  on: Backend = backend,
  of: SdlSpec = spec,
): Promise<TrainingState> {
  let found: TrainingState | undefined;
  const save = async (state: TrainingState): Promise<void> => {
    if (state.step === step) found = state;
  };
  await fit(on, of, source, { ...options, ...given, checkpoint: { every: step, save } });
  if (found === undefined) throw new Error(`no state of step ${step}`);
  return found;
}

describe("resuming", () => {
  it("is refused on another backend, by name", async () => {
    const other: Backend = { ...backend, name: "tfjs-wasm" };
    await expect(fit(other, spec, source, { ...options, resume: await stateAt(4) })).rejects.toThrow(
      new RangeError("train: this state was saved on the backend reference, got tfjs-wasm; resume with that backend"),
    );
  });

  it.each<[key: string, change: Partial<TrainOptions>, message: string]>([
    ["steps", { steps: 7 }, "the steps of the saved run, 8, got 7"],
    ["seed", { seed: 1 }, "the seed of the saved run, 0, got 1"],
    ["optimizer", { optimizer: { lr: 0.1 } }, 'the optimizer of the saved run, {}, got {"lr":0.1}'],
    ["schedule", { schedule: { warmup: 2 } }, 'the schedule of the saved run, {}, got {"warmup":2}'],
    ["init", { init: { kind: "unit" } }, 'the init of the saved run, {}, got {"kind":"unit"}'],
    ["resampling", { resampling: { every: 3 } }, 'the resampling of the saved run, null, got {"every":3}'],
    ["scale", { scale: { input: 2, target: 2 } }, 'the scale of the saved run, null, got {"input":2,"target":2}'],
    ["inputScaling", { inputScaling: "layerNorm" }, 'the inputScaling of the saved run, "none", got "layerNorm"'],
    ["deadWindow", { deadWindow: 5 }, "the deadWindow of the saved run, 13, got 5"],
    [
      "terms",
      { terms: [term({ strength: 2 })] },
      'the terms of the saved run, [{"name":"extra","strength":1}], got [{"name":"extra","strength":2}]',
    ],
  ])("is refused with another %s", async (_, change, message) => {
    const resume = await stateAt(4);
    await expect(fit(backend, spec, source, { ...options, ...change, resume })).rejects.toThrow(
      new RangeError(`train: resuming needs ${message}; use the same or start anew`),
    );
  });

  it.each<[key: string, other: SdlSpec, from: BatchSource]>([
    ["spec", { ...spec, reduction: "mean" }, source],
    ["batchSize", spec, { ...source, batchSize: 8 }],
    ["samples", spec, { ...source, samples: 100 }],
  ])("is refused with another %s", async (key, other, from) => {
    const resume = await stateAt(4);
    const same = { ...options, deadWindow: 13 };
    await expect(fit(backend, other, from, { ...same, resume })).rejects.toThrow(
      `train: resuming needs the ${key} of the saved run`,
    );
  });

  it("is refused on another tier of the backend where thresholds select, and allowed where top-k does", async () => {
    const on = (tier: string): Backend => ({ ...backend, tier });
    const relu: SdlSpec = { ...spec, activation: { kind: "relu" } };
    const resumed = async (of: SdlSpec) =>
      fit(on("int16"), of, source, { ...options, resume: await stateAt(4, {}, on("int8"), of) });
    await expect(resumed(relu)).rejects.toThrow(
      'train: resuming needs the tier of the saved run, "int8", got "int16"; use the same or start anew',
    );
    await expect(resumed(spec)).resolves.toBeDefined();
  });

  it("is refused where the kernels round otherwise, for every activation", async () => {
    const on = (arithmetic: Backend["arithmetic"]): Backend => ({ ...backend, arithmetic });
    for (const activation of [spec.activation, { kind: "relu" }] as const) {
      const of: SdlSpec = { ...spec, activation };
      const resume = await stateAt(4, {}, on("fused"), of);
      await expect(fit(on("separate"), of, source, { ...options, resume })).rejects.toThrow(
        "train: this state was computed with fused products and sums, got a processor or engine with separate ones",
      );
      await expect(fit(on("fused"), of, source, { ...options, resume })).resolves.toBeDefined();
    }
  });

  it("survives a round trip of the options through JSON", async () => {
    const state = await stateAt(4);
    const resume = { ...state, options: JSON.parse(JSON.stringify(state.options)) as TrainingState["options"] };
    const rest = await fit(backend, spec, source, { ...options, resume });
    expect(rest.model).toEqual((await fit(backend, spec, source, options)).model);
  });

  it("of a finished run gives its model and says that nothing was to do", async () => {
    const { model, reports } = await fit(backend, spec, source, { ...options, resume: await stateAt(8) });
    expect(model).toEqual((await fit(backend, spec, source, options)).model);
    expect(reports.map(({ step, warnings }) => [step, warnings])).toEqual([
      [8, ["nothing to do: the resumed state has all its steps"]],
    ]);
  });

  it("goes on beyond the planned steps, with the bits of a run that was planned so long and has the same dead window", async () => {
    const auxK: SdlSpec = { ...spec, terms: { auxK: {} } };
    for (const step of [4, 8]) {
      const resume = await stateAt(step, {}, backend, auxK);
      const longer = await fit(backend, auxK, source, { ...options, steps: 20, resume });
      const whole = await fit(backend, auxK, source, { ...options, steps: 20, deadWindow: 13 });
      expect(longer.model).toEqual(whole.model);
      expect(longer.reports.at(-1)).toMatchObject({ step: 20, steps: 20, samplesSeen: 320 });
    }
  });

  it("does not draw the weights again and does not touch given ones", async () => {
    const weights = (await fit(backend, spec, source, { steps: 1 })).model.weights;
    const before = structuredClone(weights);
    const filling: ExtraTerm = { ...term({}), initialise: (own) => void own.encoder.fill(0.5) };
    const { model } = await fit(backend, spec, source, {
      steps: 1,
      weights,
      terms: [filling],
      optimizer: { lr: 1e-30 },
    });
    expect(weights).toEqual(before);
    expect(model.weights.encoder).toEqual(new Float32Array(16 * 6).fill(0.5));
    expect(model.weights.decoder).toEqual(weights.decoder);
  });
});
