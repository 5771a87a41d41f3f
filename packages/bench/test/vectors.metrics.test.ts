import { describe, expect, it } from "vitest";
import { readVector } from "../../numerics/test/support/vectors.js";
import { checkMetrics, type MetricsVector } from "./vectors/metrics.js";

const vector = readVector("metrics.json") as MetricsVector | undefined;

describe("metrics.json", () => {
  it.skipIf(vector === undefined)("is reproduced (needs the folder of vectors)", () => {
    checkMetrics(vector as MetricsVector);
  });

  it.skipIf(vector === undefined).each(["MIP", "MGT95", "mcc"])(
    "fails the check where %s is changed (needs the folder of vectors)",
    (key) => {
      const wrong = { ...(vector as MetricsVector), [key]: ((vector as MetricsVector)[key] as number) + 1e-9 };
      expect(() => checkMetrics(wrong)).toThrow();
    },
  );

  it("tells Hungarian from greedy matching, in both orientations", () => {
    // Greedy takes .9 first and is left with .1: mean .5. The best matching is .8 + .7.
    checkMetrics({
      S: [
        [0.9, 0.8],
        [0.7, 0.1],
      ],
      best: [0.9, 0.8],
      mcc: 0.75,
      hungarian_rows: [0, 1],
      hungarian_cols: [1, 0],
    });
    checkMetrics({
      S: [
        [0.9, 0.8, 0],
        [0.7, 0.1, 0],
      ],
      mcc: 0.75,
      MGT85: 1 / 3,
      uniqueness: 1 / 2,
    });
  });
});
