import { probability } from "@monosema/audit";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { additiveFit } from "../src/calibration/additiveFit.js";
import { calibrationError, reliability, topTenth } from "../src/calibration/scores.js";
import {
  calibrationTable,
  drawSetting,
  fitScores,
  type LabelledLatents,
  labelledLatents,
  scores,
} from "../src/calibration.js";

const at = <T>(list: ArrayLike<T>, i: number): T => list[i] as T;

describe("additiveFit", () => {
  const stream = random(1, "fit");
  const cases = 20_000;
  const truth = (a: number, b: number, c: number): number =>
    -0.5 + 3 * Math.abs(a) - 2 + (b > 0.3 ? 1 : -0.5) + 0.8 * c;
  const a = Float64Array.from({ length: cases }, () => 2 * stream.uniform() - 1);
  const b = Float64Array.from({ length: cases }, (_, i) => (i % 10 === 0 ? Number.NaN : stream.uniform()));
  const c = Float64Array.from({ length: cases }, (_, i) => (Math.floor(i / 500) % 5) - 2);
  const odds = Float64Array.from(a, (value, i) => truth(value, Number.isNaN(at(b, i)) ? 0.5 : at(b, i), at(c, i)));
  const labels = Uint8Array.from(odds, (value) => Number(stream.uniform() < 1 / (1 + Math.exp(-value))));
  const weights = new Float64Array(cases).fill(1);
  const penalty = { ridge: 0.1, bend: 0.1, context: 0.1 };
  const model = additiveFit({ statistics: { a, b }, context: { c }, labels, weights, penalty });

  it("finds functions that are no lines, from noisy labels", () => {
    for (const [x, y, z] of [
      [-0.9, 0.9, 0],
      [0.25, 0.9, 1],
      [0.6, 0.05, -1],
    ] as const) {
      const p = probability(model, { a: x, b: y }, { c: z });
      expect(p).toBeCloseTo(1 / (1 + Math.exp(-truth(x, y, z))), 1);
    }
  });

  it("gives functions with mean 0 over the cases, and context a straight line", () => {
    const mean = a.reduce((sum, value) => sum + probabilityOdds({ a: value }), 0) / cases;
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(model.context.c?.knots).toHaveLength(2);
    function probabilityOdds(statistics: Record<string, number>): number {
      const p = probability({ ...model, intercept: 0 }, statistics, {});
      return Math.log(p / (1 - p));
    }
  });

  it("is drawn to nothing by a large penalty", () => {
    const heavy = { ridge: 1e7, bend: 0, context: 1e7 };
    const flat = additiveFit({ statistics: { a, b }, context: { c }, labels, weights, penalty: heavy });
    const share = labels.reduce((sum, value) => sum + value, 0) / cases;
    expect(probability(flat, { a: 0.9, b: 0.9 }, { c: 2 })).toBeCloseTo(share, 2);
  });
});

describe("the figures of a score", () => {
  it("bin by score, and weigh the distance of score and share", () => {
    const bins = reliability([0.05, 0.95, 0.95, 1], [0, 1, 0, 1]);
    expect(bins.map(({ from, latents }) => [from, latents])).toEqual([
      [0, 1],
      [0.9, 3],
    ]);
    expect(calibrationError(bins)).toBeCloseTo(0.25 * 0.05 + 0.75 * Math.abs(2.9 / 3 - 2 / 3), 10);
  });

  it("count the tenth with the largest scores", () => {
    const scores = Array.from({ length: 20 }, (_, i) => i);
    expect(
      topTenth(
        scores,
        scores.map((i) => Number(i === 19)),
      ),
    ).toBe(0.5);
  });
});

describe("settings", () => {
  it("are the same for the same seed, and of every kind", () => {
    const drawn = Array.from({ length: 200 }, (_, seed) => drawSetting(seed));
    expect(drawSetting(17)).toEqual(drawn[17]);
    expect(new Set(drawn.map(({ method }) => method)).size).toBe(5);
    expect(new Set(drawn.map(({ control }) => control)).size).toBe(5);
    expect(drawn.filter(({ data }) => data.hierarchy).length).toBeGreaterThan(60);
    expect(drawn.filter(({ n, nQ }) => n > nQ).length).toBeGreaterThan(40);
    expect(drawn.filter(({ n, nQ }) => n < nQ).length).toBeGreaterThan(40);
  });
});

describe("a calibration", () => {
  // Tiny: twelve features, well trained and hardly trained, and a control.
  const tiny = (seed: number, steps: number, control: "random" | null) => ({
    ...drawSetting(3),
    ...{ seed, n: 12, nP: 10, nQ: 14, l0: 1.2, k: 2, method: "topk" as const, steps, control },
    data: { firing: { kind: "constant" as const, rate: 0.1 } },
    ...{ samples: 2000, audited: 600, auditsTraining: false, noise: 0, biasNorm: 0, lr: 0.01, batchSize: 64 },
  });

  it("runs from settings to scores that tell good latents from bad ones", { timeout: 120_000 }, async () => {
    const backend = referenceBackend();
    const rows: LabelledLatents[] = [];
    for (const [seed, steps, control] of [
      [1, 500, null],
      [2, 20, null],
      [3, 500, "random"],
      [4, 500, null],
    ] as const) {
      rows.push((await labelledLatents(backend, tiny(seed, steps, control))) as LabelledLatents);
    }
    const shares = rows.map(({ real }) => real.reduce((sum, one) => sum + one, 0) / real.length);
    expect(at(shares, 0)).toBeGreaterThan(0.5);
    expect(at(shares, 1)).toBeLessThan(0.5);
    expect(at(shares, 2)).toBe(0);
    const calibration = fitScores(rows.slice(0, 3), 0);
    expect(calibration.made).toEqual({
      settings: 3,
      latents: rows.slice(0, 3).flatMap(({ real }) => real).length,
      seed: 0,
    });
    const fresh = rows.slice(3);
    const [row] = calibrationTable(
      fresh,
      fresh.map((one) => scores(calibration, "real", false, one)),
      "real",
    );
    const [controls] = calibrationTable(
      rows.slice(2, 3),
      rows.slice(2, 3).map((one) => scores(calibration, "real", false, one)),
      "real",
    );
    const [whole, alone] = (["real", "atomic"] as const).map((kind) => scores(calibration, kind, true, at(fresh, 0)));
    whole?.forEach((score, latent) => {
      expect(at(alone ?? [], latent)).toBeLessThanOrEqual(score);
    });
    expect(row?.score).toBeGreaterThan((controls?.score ?? 1) + 0.3);
    expect(Object.keys(calibration.ranges)).not.toContain("replicaCosineLeast");
    expect(Object.keys(calibration.real.replicated.model.statistics)).toContain("replicaCosineLeast");
    expect(Object.keys(calibration.real.alone.model.statistics)).not.toContain("replicaCosineLeast");
  });
});
