import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classMeanAnchors, truthAnchors } from "../src/index.js";
import { row, unitRows } from "./support/synthetic.js";

describe("truthAnchors", () => {
  const features = unitRows(9, 4, 1);

  it("are different true features in ascending order, with their numbers (property)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(1000), (count, seed) => {
        const anchors = truthAnchors({ n: 9, features }, count, seed);
        const chosen = [...(anchors.features ?? [])];
        expect(anchors).toMatchObject({ kind: "truth", count });
        expect(chosen.length).toBe(count);
        expect([...new Set(chosen)].sort((a, b) => a - b)).toEqual(chosen);
        chosen.forEach((feature, i) => {
          expect(row(anchors.input, i, 4)).toEqual(row(Float32Array.from(features), feature, 4));
        });
        expect(anchors.target).toBe(anchors.input);
      }),
    );
  });

  it("depend on the seed and repeat with it", () => {
    const of = (seed: number): number[] => [...(truthAnchors({ n: 9, features }, 4, seed).features ?? [])];
    expect(of(3)).toEqual(of(3));
    expect(new Set([0, 1, 2, 3, 4].map((seed) => String(of(seed)))).size).toBeGreaterThan(1);
  });

  it("take the same rows of the target features", () => {
    const targetFeatures = unitRows(9, 3, 1);
    const { target, features: chosen } = truthAnchors({ n: 9, features, targetFeatures }, 5, 0);
    [...(chosen ?? [])].forEach((feature, i) => {
      expect(row(target, i, 3)).toEqual(row(Float32Array.from(targetFeatures), feature, 3));
    });
  });

  it.each([0, 10, 2.5, -1])("refuse a count of %d among 9", (count) => {
    expect(() => truthAnchors({ n: 9, features }, count, 0)).toThrow(
      new RangeError(`truthAnchors: count must be a whole number from 1 to n = 9, got ${count}; anchor fewer features`),
    );
  });
});

describe("classMeanAnchors", () => {
  // Class means a (2, 1), b (4, 3); the mean of all samples is (3, 2).
  const input = Float32Array.of(1, 1, 3, 1, 4, 4, 4, 2, 3, 2);
  const labels = ["a", "a", "b", "b", null];

  it("are the centred class means with unit norm, unlabelled samples in no class", () => {
    const anchors = classMeanAnchors(input, labels);
    expect(anchors).toMatchObject({ kind: "classMeans", count: 2, classes: ["a", "b"], samples: [2, 2] });
    const half = Math.SQRT1_2;
    const expected = [-half, -half, half, half]; // (2, 1) - (3, 2) and (4, 3) - (3, 2)
    expected.forEach((v, j) => {
      expect(anchors.input[j]).toBeCloseTo(v, 6);
    });
    expect(anchors.target).toBe(anchors.input);
  });

  it("are about the mean of all samples, also those without a label", () => {
    // Three features on disjoint samples, of which two are labelled: the third must not lean into their anchors.
    const rows = Float32Array.of(
      ...[3, 0, 0],
      ...[3, 0, 0],
      ...[0, 3, 0],
      ...[0, 3, 0],
      ...Array(6).fill([0, 0, 3]).flat(),
    );
    const some = ["x", "x", "y", "y", ...Array<null>(6).fill(null)];
    const { input: found } = classMeanAnchors(rows, some);
    // (3, 0, 0) less the mean (.6, .6, 1.8).
    const expected = [2.4, -0.6, -1.8].map((v) => v / Math.hypot(2.4, 0.6, 1.8));
    for (const [j, v] of expected.entries()) expect(found[j]).toBeCloseTo(v, 6);
    // One class alone has a direction, too.
    const one = classMeanAnchors(rows, ["x", "x", ...Array<null>(8).fill(null)]);
    for (const [j, v] of expected.entries()) expect(one.input[j]).toBeCloseTo(v, 6);
  });

  it("weigh the common mean by samples, not by classes", () => {
    // Means 0 (three samples) and 4 (one): common mean 1, so the centred means are -1 and 3.
    const anchors = classMeanAnchors(Float32Array.of(0, 0, 0, 4), ["a", "a", "a", "b"], { minimum: 1 });
    expect([...anchors.input]).toEqual([-1, 1]);
    const raw = classMeanAnchors(Float32Array.of(1, 1, 1, 4), ["a", "a", "a", "b"], { minimum: 1, center: false });
    expect([...raw.input]).toEqual([1, 1]);
  });

  it("are the plain class means without centring", () => {
    const { input: rows } = classMeanAnchors(input, labels, { center: false });
    [2 / Math.sqrt(5), 1 / Math.sqrt(5), 0.8, 0.6].forEach((v, j) => {
      expect(rows[j]).toBeCloseTo(v, 6);
    });
  });

  it("have their own target rows for a transcoder", () => {
    const { target } = classMeanAnchors(input, labels, {}, Float32Array.of(1, 1, 5, 5, 3));
    expect([...target]).toEqual([-1, 1]);
  });

  it.each([
    [
      "labels and samples differ in number",
      () => classMeanAnchors(input, ["a", "b", "a"]),
      "classMeanAnchors: needs one label per sample, got 3 labels for 10 numbers; give null for none",
    ],
    [
      "there are no samples",
      () => classMeanAnchors(new Float32Array(), []),
      "classMeanAnchors: needs one label per sample, got 0 labels for 0 numbers; give null for none",
    ],
    [
      "no sample has a label",
      () =>
        classMeanAnchors(
          input,
          labels.map(() => null),
        ),
      "classMeanAnchors: needs a labelled sample, got 5 without label; label some",
    ],
    [
      "a class is too small",
      () => classMeanAnchors(input, ["a", "a", "b", null, null]),
      "classMeanAnchors: class b must have at least 2 samples, got 1; label it null or lower the minimum",
    ],
    [
      "a class equals the common mean up to rounding",
      () => classMeanAnchors(Float32Array.of(0.1, 0.3, 0.1, 0.3, 0.2, 0.2), ["a", "a", "b", "b", "b", "b"]),
      "classMeanAnchors: class a must differ from the common mean, got the same; leave it out",
    ],
    [
      "a class equals the common mean",
      () => classMeanAnchors(Float32Array.of(1, 1, 1, 1), ["a", "b", "a", "b"]),
      "classMeanAnchors: class a must differ from the common mean, got the same; leave it out",
    ],
    [
      "targets are not paired",
      () => classMeanAnchors(input, labels, {}, new Float32Array(7)),
      "classMeanAnchors: target must hold one row per sample, got 7 numbers for 5 samples; pair them",
    ],
  ])("refuse: %s", (_, make, message) => expect(make).toThrow(new RangeError(message)));
});
