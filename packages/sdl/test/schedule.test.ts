import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type BatchSource, fit, type Schedule, sae, scheduled } from "../src/index.js";
import { toySource } from "./support/toyDictionary.js";

const topk = sae({ nP: 6, nQ: 64, activation: { kind: "topk", k: 4 } });
const relu = sae({ nP: 6, nQ: 64, activation: { kind: "relu" } });

describe("scheduled", () => {
  it.each<[what: string, schedule: Schedule, t: number, lr: number]>([
    ["no schedule", {}, 1, 0.1],
    ["warm-up, first step", { warmup: 4 }, 1, 0.025],
    ["warm-up, last step", { warmup: 4 }, 4, 0.1],
    ["warm-up, later", { warmup: 4 }, 50, 0.1],
    ["decay, before it starts", { decay: 0.5 }, 50, 0.1],
    ["decay, half way: (1 - 75/100) / .5", { decay: 0.5 }, 75, 0.05],
    ["decay, at the end", { decay: 0.5 }, 100, 0],
    ["cosine, half way", { cosine: true }, 50, 0.05],
    ["cosine, at the end", { cosine: true }, 100, 0],
    ["warm-up times decay: 60/80 times (1 - .6)/.8", { warmup: 80, decay: 0.8 }, 60, 0.1 * 0.75 * 0.5],
  ])("lr of %s", (_, schedule, t, lr) => {
    expect(scheduled(schedule, relu, 0.1, t, 100).lr).toBeCloseTo(lr, 14);
  });

  it("sparsity rises linearly over its fraction of the steps", () => {
    const ramp = (t: number): number => scheduled({ sparsityRamp: 0.2 }, relu, 0.1, t, 100).ramp;
    expect([1, 10, 20, 90].map(ramp)).toEqual([0.05, 0.5, 1, 1]);
  });

  it("k falls geometrically from its start to its own value, at most Q", () => {
    const k = (t: number, from: number): number | undefined =>
      scheduled({ kAnneal: { from, over: 0.5 } }, topk, 0.1, t, 100).k;
    // k (k0/k)^(1 - t/50): 4 * 4^(1/2) = 8 half way.
    expect([0, 25, 50, 80].map((t) => k(t, 16))).toEqual([16, 8, 4, 4]);
    expect(k(0, 1000)).toBe(64);
    expect(scheduled({}, topk, 0.1, 1, 100)).not.toHaveProperty("k");
  });
});

describe("training follows the schedule", () => {
  const source = toySource({ nP: 6, batchSize: 16 });

  it("reports the learning rate of each step", async () => {
    const { reports } = await fit(referenceBackend(), relu, source, {
      steps: 4,
      reportEvery: 1,
      optimizer: { lr: 0.1 },
      schedule: { warmup: 2, decay: 0.5 },
    });
    const expected = [0.05, 0.1, 0.05, 0];
    expected.forEach((lr, i) => {
      expect(reports[i]?.lr).toBeCloseTo(lr, 14);
    });
  });

  it("selects by the annealed k: positive samples on positive encoder rows activate that many latents", async () => {
    const ones: BatchSource = { batchSize: 2, batch: () => ({ size: 2, input: new Float32Array(12).fill(1) }) };
    const { reports } = await fit(referenceBackend(), topk, ones, {
      steps: 8,
      reportEvery: 1,
      optimizer: { lr: 1e-12 },
      weights: { encoder: new Float32Array(64 * 6).fill(1), decoder: new Float32Array(64 * 6).fill(0.01) },
      schedule: { kAnneal: { from: 64, over: 0.5 } },
    });
    expect(reports.map(({ l0 }) => l0)).toEqual([32, 16, 8, 4, 4, 4, 4, 4]);
  });

  it("scales sparsity terms by the ramp", async () => {
    const spec = sae({
      nP: 6,
      nQ: 64,
      activation: { kind: "relu" },
      terms: { l1: { coefficient: 1, weighting: "decoderNorm" } },
    });
    const options = { steps: 4, reportEvery: 1, optimizer: { lr: 1e-12 } };
    const ramped = await fit(referenceBackend(), spec, source, { ...options, schedule: { sparsityRamp: 1 } });
    const full = await fit(referenceBackend(), spec, source, options);
    ramped.reports.forEach(({ terms }, i) => {
      expect((terms.l1 as number) / (full.reports[i]?.terms.l1 as number)).toBeCloseTo((i + 1) / 4, 6);
    });
  });

  it.each<[schedule: Schedule, message: string]>([
    [{ warmup: -1 }, "schedule: warmup must be at least 0 steps, got -1; use 0 for none"],
    [{ decay: 2 }, "schedule: decay must be a fraction from 0 to 1, got 2; give a share of the steps"],
    [
      { sparsityRamp: -0.5 },
      "schedule: sparsityRamp must be a fraction from 0 to 1, got -0.5; give a share of the steps",
    ],
    [{ cosine: true, decay: 0.1 }, "schedule: cosine and decay exclude each other, got decay 0.1; choose one"],
    [{ kAnneal: { from: 8, over: 1 } }, "schedule: kAnneal needs topk or batchtopk without multiK, got relu; drop it"],
  ])("refuses %j", async (schedule, message) => {
    await expect(fit(referenceBackend(), relu, source, { steps: 4, schedule })).rejects.toThrow(
      new RangeError(message),
    );
  });

  it.each([
    { from: 3, over: 1 },
    { from: 8, over: 0 },
    { from: 8, over: 2 },
  ])("refuses annealing %j to k = 4", async (kAnneal) => {
    await expect(fit(referenceBackend(), topk, source, { steps: 4, schedule: { kAnneal } })).rejects.toThrow(
      `schedule: kAnneal needs from >= k = 4 and over in (0, 1], got ${JSON.stringify(kAnneal)}; correct it`,
    );
  });
});
