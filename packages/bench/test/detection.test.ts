import { random } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { auroc, bestThreshold, f1At, ranked, rankedAuroc } from "../src/metrics/detection.js";

/** Scores with many ties, and the samples of a class. */
function drawn(seed: number): { readonly scores: number[]; readonly positive: Uint8Array; readonly count: number } {
  const stream = random(seed, "detection");
  const positive = Uint8Array.from({ length: 40 }, (_, i) => Number(i < 12));
  return { scores: Array.from(positive, (one) => stream.integer(6) + 2 * one), positive, count: 12 };
}

describe("auroc", () => {
  it("is the share of pairs in the right order, ties counted half", () => {
    for (const seed of [0, 1, 2]) {
      const { scores, positive } = drawn(seed);
      let right = 0;
      for (let a = 0; a < 12; a++)
        for (let b = 12; b < 40; b++) right += (Math.sign((scores[a] as number) - (scores[b] as number)) + 1) / 2;
      expect(auroc(scores, positive)).toBeCloseTo(right / (12 * 28), 12);
    }
  });

  it("is a half where the scores say nothing", () => {
    expect(auroc(new Float64Array(10), Uint8Array.from([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]))).toBe(0.5);
  });
});

describe("rankedAuroc", () => {
  it("is that of all scores, those that are not listed being 0", () => {
    for (const seed of [0, 1, 2]) {
      const { scores, positive } = drawn(seed);
      for (const shift of [0, -3, 3, -20]) {
        const all = scores.map((score, i) => (i % 3 === 0 ? 0 : score + shift));
        const samples = all.flatMap((_, i) => (i % 3 === 0 ? [] : i));
        const detector = ranked({ samples, values: samples.map((i) => all[i] as number) });
        expect(rankedAuroc(detector, positive)).toBeCloseTo(auroc(all, positive), 12);
      }
    }
  });
});

describe("bestThreshold", () => {
  it("has the largest F1 of all thresholds, which f1At confirms", () => {
    for (const seed of [3, 4, 5]) {
      const { scores, positive, count } = drawn(seed);
      const detector = { samples: scores.map((_, i) => i), values: scores };
      const all = [...new Set(scores)].map((threshold) => f1At(detector, threshold, positive, count));
      const { f1, threshold } = bestThreshold(ranked(detector), positive, count);
      expect(f1).toBeCloseTo(Math.max(...all), 12);
      expect(f1At(detector, threshold, positive, count)).toBeCloseTo(f1, 12);
    }
  });

  it("detects nothing where no sample of the class has a score", () => {
    const detector = { samples: [3], values: [1] };
    const positive = Uint8Array.from([1, 1, 0, 0]);
    const { f1, threshold } = bestThreshold(ranked(detector), positive, 2);
    expect(f1).toBe(0);
    expect(f1At(detector, threshold, positive, 2)).toBe(0);
  });
});
