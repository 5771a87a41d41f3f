import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type BatchSource, fit, type SdlSpec, sae, type TrainReport, transcoder, type Weights } from "../src/index.js";
import { evaluate } from "./support/gradients.js";
import { type PlainBatch, type PlainWeights, plainObjective } from "./support/plainObjective.js";
import { toySource } from "./support/toyDictionary.js";

const backend = referenceBackend();
const nP = 6;
const nQ = 16;
const source = toySource({ nP, batchSize: 16 });
const topk = sae({ nP, nQ, activation: { kind: "topk", k: 3 } });

const asPlain = (weights: Weights): PlainWeights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, values]) => [name, Float64Array.from(values)]),
  ) as unknown as PlainWeights;
const plainBatch = async (step: number): Promise<PlainBatch> => {
  const { size, input } = await source.batch(step);
  return { size, input: Float64Array.from(input), target: Float64Array.from(input) };
};

describe("reports", () => {
  it("come every reportEvery steps and after the last, which alone carries the model", async () => {
    const { reports, model } = await fit(backend, topk, source, { steps: 10, reportEvery: 4 });
    expect(reports.map(({ step }) => step)).toEqual([4, 8, 10]);
    expect(reports.map(({ steps, samplesSeen }) => [steps, samplesSeen])).toEqual([
      [10, 64],
      [10, 128],
      [10, 160],
    ]);
    expect(reports.map((report) => report.model)).toEqual([undefined, undefined, model]);
    for (const { seconds, samplesPerSecond } of reports) {
      expect(seconds).toBeGreaterThan(0);
      expect(samplesPerSecond).toBeGreaterThan(0);
    }
  });

  it("come twenty times by default", async () => {
    expect((await fit(backend, topk, source, { steps: 60 })).reports.map(({ step }) => step)).toEqual(
      Array.from({ length: 20 }, (_, i) => 3 * (i + 1)),
    );
  });

  it("hold loss, terms, L0 per sample, FVU about the mean and gradient norm of the batch before its update", async () => {
    const spec = sae({ nP, nQ, activation: { kind: "relu" }, terms: { l1: { coefficient: 0.1 }, weightDecay: 0.01 } });
    const start = (await fit(backend, spec, source, { steps: 1, optimizer: { lr: 1e-30 } })).model.weights;
    const report = (await fit(backend, spec, source, { steps: 1, weights: start })).reports[0] as TrainReport;
    const batch = await plainBatch(1);
    const { parts, f, residual } = plainObjective(spec, asPlain(start), batch);
    expect(Object.keys(report.terms)).toEqual(["reconstruction", "l1", "weightDecay"]);
    for (const [name, value] of Object.entries(parts)) expect(report.terms[name]).toBeCloseTo(value, 10);
    expect(report.loss).toBeCloseTo(
      Object.values(parts).reduce((a, b) => a + b, 0),
      10,
    );
    expect(report.l0).toBe(f.filter((v) => v !== 0).length / batch.size);
    const mean = Array.from(
      { length: nP },
      (_, d) => batch.target.filter((_, j) => j % nP === d).reduce((a, v) => a + v, 0) / batch.size,
    );
    const variance = batch.target.reduce((sum, v, j) => sum + (v - (mean[j % nP] as number)) ** 2, 0);
    expect(report.fvu).toBeCloseTo(residual.reduce((sum, v) => sum + v * v, 0) / variance, 10);
    const { gradients } = await evaluate(backend, spec, { weights: asPlain(start), batch });
    expect(report.gradientNorm).toBeCloseTo(Math.hypot(...[...gradients.values()].flatMap((g) => [...g])), 8);
  });

  it("count latents as dead after deadWindow samples, whatever the batch size", async () => {
    // Latents 2 and 3 never fire; 1 fires on every 8th sample of the epoch only.
    const weights = { encoder: Float32Array.of(1, 0, -0.5, 1, -1, 0, -1, -1), decoder: new Float32Array(8) };
    const spec = sae({ nP: 2, nQ: 4, activation: { kind: "relu" } });
    const rows = (first: number, size: number): Float32Array =>
      Float32Array.from({ length: 2 * size }, (_, j) => (j % 2 === 0 ? 1 : (first + (j - 1) / 2) % 8 === 3 ? 1 : 0));
    const of = (size: number): BatchSource => ({
      batchSize: size,
      batch: (step) => ({ size, input: rows((step - 1) * size, size) }),
    });
    const deadAfter = async (size: number, deadWindow: number): Promise<number[]> => {
      const options = { steps: 16 / size, deadWindow, weights, optimizer: { lr: 1e-30 }, reportEvery: 8 / size };
      return (await fit(backend, spec, of(size), options)).reports.map(({ deadFraction }) => deadFraction);
    };
    // After 8 and 16 samples latent 1 fired 4 samples ago, 2 and 3 never.
    for (const [deadWindow, expected] of [
      [4, [0.75, 0.75]],
      [5, [0.5, 0.5]],
      [9, [0, 0.5]],
      [17, [0, 0]],
    ] as const) {
      for (const size of [1, 2, 4, 8]) expect(await deadAfter(size, deadWindow), `B ${size}`).toEqual(expected);
    }
  });

  it("stay finite with zero samples, equal targets and no active latent", async () => {
    for (const value of [0, 1]) {
      const same: BatchSource = {
        batchSize: 4,
        batch: () => ({ size: 4, input: new Float32Array(4 * nP).fill(value) }),
      };
      const spec = sae({ nP, nQ, activation: { kind: "batchtopk", k: 2 }, biases: true, terms: { auxK: {} } });
      const options = { steps: 6, reportEvery: 1, deadWindow: 4, init: { decoderBias: "median" } } as const;
      for (const { warnings: _, model: __, fvu, ...numbers } of (await fit(backend, spec, same, options)).reports) {
        expect(fvu).toBeNull();
        expect(
          Object.values(numbers)
            .flatMap((v) => (typeof v === "number" ? [v] : Object.values(v)))
            .every(Number.isFinite),
        ).toBe(true);
      }
    }
  });
});

it("give the FVU of a batch far from zero its digits", async () => {
  const weights = { encoder: new Float32Array(nQ * nP), decoder: new Float32Array(nQ * nP) };
  const near = await source.batch(1);
  const variance = (rows: Float32Array): number => {
    const mean = Array.from(
      { length: nP },
      (_, d) => rows.filter((_x, j) => j % nP === d).reduce((a, v) => a + v, 0) / 16,
    );
    return rows.reduce((sum, v, j) => sum + (v - (mean[j % nP] as number)) ** 2, 0);
  };
  const input = Float32Array.from(near.input, (v) => Math.round(8 * v) / 8 + 2 ** 17);
  const far: BatchSource = { batchSize: 16, batch: () => ({ size: 16, input }) };
  const report = (await fit(backend, topk, far, { steps: 1, weights })).reports[0] as TrainReport;
  const error = input.reduce((sum, v) => sum + v * v, 0); // nothing is reconstructed
  expect((report.fvu as number) / (error / variance(input))).toBeCloseTo(1, 9);
});

describe("warnings", () => {
  it("say at the first report, and once, that nothing is active", async () => {
    const spec = sae({ nP, nQ, activation: { kind: "batchtopk", k: 2 } });
    const zeros: BatchSource = { batchSize: 4, batch: () => ({ size: 4, input: new Float32Array(4 * nP) }) };
    const { reports } = await fit(backend, spec, zeros, { steps: 40, reportEvery: 2 });
    const said = reports.flatMap(({ step, warnings }) => warnings.map((warning) => [step, warning] as const));
    expect(said).toEqual([[2, expect.stringMatching(/^nothing is active: no sample of step 2 activates a latent/)]]);
    const active = (await fit(backend, spec, source, { steps: 4 })).reports.flatMap(({ warnings }) => warnings);
    expect(active.filter((warning) => warning.startsWith("nothing is active"))).toEqual([]);
  });

  const zeroRows: BatchSource = {
    batchSize: 4,
    batch: (step) => ({ size: 4, input: Float32Array.from({ length: 4 * nP }, (_, j) => ((j + step) % 5) - 2) }),
  };

  it("say once that nothing is learned, not before a quarter of the steps", async () => {
    const { reports } = await fit(backend, topk, zeroRows, { steps: 20, reportEvery: 2, optimizer: { lr: 1e-12 } });
    const warned = reports.filter(({ warnings }) => warnings.length > 0);
    expect(warned.map(({ step }) => step)).toEqual([6]);
    expect(warned[0]?.warnings).toEqual([
      expect.stringMatching(/^no learning: fvu is \d\.\d{3} after 6 of 20 steps; try a lower learning rate/),
    ]);
  });

  it("are silent in a run that learns", async () => {
    const { reports } = await fit(backend, topk, source, { steps: 80, optimizer: { lr: 0.02 } });
    expect(reports.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it("about the spec stand in the first report", async () => {
    const spec = sae({ nP, nQ, activation: { kind: "relu" }, terms: { l1: { coefficient: 0.01 } } });
    const { reports } = await fit(backend, spec, source, { steps: 4, reportEvery: 1 });
    expect(reports.map(({ warnings }) => warnings.filter((w) => w.startsWith("plain L1")).length)).toEqual([
      1, 0, 0, 0,
    ]);
  });
});

describe("train refuses", () => {
  const run = (options: object, spec: SdlSpec = topk, from: BatchSource = source) =>
    fit(backend, spec, from, { steps: 4, ...options });

  it.each<[options: object, message: string]>([
    [{ steps: 0 }, "train: steps must be a whole number of at least 1, got 0; correct it"],
    [{ steps: 2.5 }, "train: steps must be a whole number of at least 1, got 2.5; correct it"],
    [{ reportEvery: 0 }, "train: reportEvery must be a whole number of at least 1, got 0; correct it"],
    [
      { checkpoint: { every: 0.5 } },
      "train: checkpoint.every must be a whole number of at least 1, got 0.5; correct it",
    ],
    [{ resampling: { every: 0 } }, "train: resampling.every must be a whole number of at least 1, got 0; correct it"],
    [{ deadWindow: 0 }, "train: deadWindow must be a whole number of at least 1, got 0; correct it"],
    [{ optimizer: { lr: 0 } }, "train: optimizer.lr must be above 0, got 0; correct it"],
    [{ optimizer: { clip: Number.NaN } }, "train: optimizer.clip must be above 0, got NaN; correct it"],
    [{ optimizer: { beta2: 1 } }, "train: optimizer.beta2 must be in [0, 1), got 1; correct it"],
  ])("%j", (options, message) => expect(run(options)).rejects.toThrow(new RangeError(message)));

  it("a spec that cannot work", () =>
    expect(run({}, { ...topk, nQ: 2 })).rejects.toThrow("SdlSpec: k must be at most nQ = 2, got 3"));

  it("weights of another spec, without leaving anything on the backend", async () => {
    const { model } = await fit(backend, topk, source, { steps: 1 });
    await expect(
      run({ weights: model.weights }, sae({ nP, nQ, activation: { kind: "topk", k: 3 }, biases: true })),
    ).rejects.toThrow(
      new RangeError(
        "openParameters: encoderBias needs 16 values [16], got none; the spec and the weights do not belong together",
      ),
    );
    expect(backend.liveTensors()).toBe(0);
  });

  it("batches that do not fit the spec, and a transcoder without targets", async () => {
    const wide: BatchSource = { batchSize: 2, batch: () => ({ size: 2, input: new Float32Array(14) }) };
    await expect(run({}, topk, wide)).rejects.toThrow(
      new RangeError("train: input of a batch must hold 2 samples of width 6, got 14 numbers; check the data"),
    );
    await expect(run({}, transcoder({ nP, nR: 4, nQ, activation: { kind: "relu" } }))).rejects.toThrow(
      new RangeError(
        "train: target of a batch must hold 16 samples of width 4, got 96 numbers; give the source targets",
      ),
    );
  });
});
