import { gram, type Mat, matFrom, rank, row } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { dictionaryChecks } from "../src/dictionary/dictionaryChecks.js";
import { binomial, subsets } from "../src/dictionary/subsets.js";
import { drawer } from "./support/randomModels.js";

const sizeOfSmallestDependentSet = (mat: Mat): number => {
  for (let size = 1; size <= mat.rows; size++) {
    for (const set of subsets(mat.rows, size)) if (rank(matFrom(set.map((i) => row(mat, i)))).rank < size) return size;
  }
  return Number.POSITIVE_INFINITY;
};

describe("dictionaryChecks", () => {
  it("has the spark of an exhaustive search, above its lower bound", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { integers, whole } = drawer(seed);
      const featuresP = integers(whole(1, 6), whole(1, 4));
      if (
        Array.from({ length: featuresP.rows }, (_, d) => row(featuresP, d)).some((values) =>
          values.every((value) => value === 0),
        )
      )
        continue;
      const { spark, sparkLower } = dictionaryChecks({ featuresP, conic: false });
      expect(spark).toBe(sizeOfSmallestDependentSet(featuresP));
      expect(spark).toBeGreaterThanOrEqual(sparkLower);
    }
  });

  it("has an isometry constant between the coherence and the Babel function", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { units } = drawer(seed);
      const { rip, babel, mu } = dictionaryChecks({ featuresP: units(7, 5), rip: 3, conic: false });
      expect(rip.constant).toBeGreaterThanOrEqual(mu - 1e-12);
      expect(rip.constant).toBeLessThanOrEqual(rip.upper + 1e-12);
      expect(rip.upper).toBe(babel[1]);
    }
  });

  it("takes the Babel function from the largest cosines of each direction", () => {
    const featuresP = matFrom([
      [1, 0, 0],
      [0.6, 0.8, 0],
      [0, 0, 1],
    ]);
    const { babel, mu, maxSigned, troppK } = dictionaryChecks({ featuresP, kMax: 5 });
    expect(babel.map((value) => value.toFixed(12))).toEqual(["0.600000000000", "0.600000000000"]);
    expect([mu, maxSigned]).toEqual([0.6, 0.6]);
    expect(troppK).toBe(1); // 0 + .6 < 1, .6 + .6 > 1
  });

  it("does not depend on scales and order", () => {
    const { gaussian, permutation } = drawer(3);
    const featuresP = gaussian(6, 4);
    const moved = matFrom(permutation(6).map((d) => row(featuresP, d).map((value) => value * (1 + d))));
    const [a, b] = [featuresP, moved].map((one) => dictionaryChecks({ featuresP: one }));
    for (const key of ["mu", "maxSigned", "welch", "coherenceSparsity"] as const)
      expect(b?.[key]).toBeCloseTo(a?.[key] as number, 12);
    expect(b?.spark).toBe(a?.spark);
    expect(b?.conic?.minDistance).toBeCloseTo(a?.conic?.minDistance as number, 12);
    expect(a?.warnings.join()).toMatch(/does not have unit rows/);
  });

  it.each([
    [3, 3, -1 / 2],
    [4, 3, -1 / 3],
    [5, 3, 0],
    [6, 3, 0],
    [7, 3, null],
  ])("knows that %i directions in %i dimensions can reach %s", (n, nP, value) => {
    expect(dictionaryChecks({ featuresP: drawer(1).units(n, nP), conic: false }).minAchievableSigned).toBe(value);
  });

  it("leaves out what would need more than 1e5 sets", () => {
    const featuresP = drawer(1).units(60, 30);
    const { spark, rip } = dictionaryChecks({ featuresP, rip: 5, conic: false });
    expect(spark).toBeNull();
    expect(rip.constant).toBeNull();
  });

  it("counts orthogonal directions as independent", () => {
    const featuresP = matFrom([
      [2, 0],
      [0, 1],
    ]);
    expect(dictionaryChecks({ featuresP })).toMatchObject({
      mu: 0,
      spark: Number.POSITIVE_INFINITY,
      sparkLower: Number.POSITIVE_INFINITY,
      welch: 0,
    });
    expect(gram(featuresP).data[1]).toBe(0);
  });

  it("refuses a zero row and an order that is no positive integer", () => {
    expect(() =>
      dictionaryChecks({
        featuresP: matFrom([
          [1, 0],
          [0, 0],
        ]),
      }),
    ).toThrow(/must have non-zero rows, got a zero row 1/);
    expect(() => dictionaryChecks({ featuresP: matFrom([[1, 0]]), kMax: 0 })).toThrow(
      /kMax must be a whole number of at least 1/,
    );
  });
});

describe("subsets", () => {
  it("lists C(n, k) of them", () => {
    for (let n = 0; n <= 6; n++) for (let k = 1; k <= 6; k++) expect([...subsets(n, k)].length).toBe(binomial(n, k));
  });
});
