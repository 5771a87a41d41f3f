import { linearRepresentationBench } from "@monosema/bench";
import { describe, expect, it } from "vitest";
import { sampleStore } from "../../src/bench/sampleStore.js";
import type { ViewData } from "../../src/bench/seedData.js";
import { anchorCosine, blurredAnchors } from "../../src/tables/blurredAnchors.js";
import { type StudiedAnchors, studyAnchors } from "../../src/tables/studyAnchors.js";

const lrb = linearRepresentationBench({
  n: 40,
  nP: 48,
  seed: 2,
  samples: 20_000,
  maxInterference: 0.5,
  firing: { kind: "zipfian", exponent: 1, max: 0.3, min: 0.005 },
  hierarchy: { roots: 2, branching: 2, depth: 2, exclusivePortion: 1, compensate: true },
});
const data: ViewData = { lrb, ...sampleStore(lrb), heldOut: [] };
const ranked = Array.from({ length: 40 }, (_, i) => i);
const parentOf = lrb.coefficientModel.hierarchy?.parentOf ?? new Int32Array();

const featuresOf = (which: StudiedAnchors, count = 8): readonly number[] =>
  Array.from(studyAnchors(which, count, data, ranked, 1)?.features ?? []);

describe("studyAnchors", () => {
  it("takes features by rank, or by their place in the trees", () => {
    expect(featuresOf("frequent", 4)).toEqual([0, 1, 2, 3]);
    expect(featuresOf("middle", 4)).toEqual([4, 5, 6, 7]);
    expect(featuresOf("roots")).toEqual([0, 1]);
    expect(featuresOf("top-levels")).toEqual([0, 1, 2, 3, 4, 5]);
    for (const feature of featuresOf("top-levels").slice(2)) expect([0, 1]).toContain(parentOf[feature]);
    expect(featuresOf("random")).toHaveLength(8);
    expect(studyAnchors("none", 8, data, ranked, 1)).toBeUndefined();
  });

  it("leaves every feature to be scored where directions are none", () => {
    const anchors = studyAnchors("directions", 5, data, ranked, 1);
    expect([anchors?.count, anchors?.input.length, anchors?.features]).toEqual([5, 5 * 48, undefined]);
  });

  // Both trees of 7, and two free features.
  const order = [...Array.from({ length: 14 }, (_, i) => i), 20, 21];
  const cosines = (which: StudiedAnchors): number[] => {
    const anchors = studyAnchors(which, order.length, data, order, 1);
    expect(anchors?.features).toEqual(Int32Array.from(order));
    return order.map((feature, i) => {
      let sum = 0;
      for (let d = 0; d < 48; d++)
        sum += (anchors?.input[i * 48 + d] as number) * (lrb.features[feature * 48 + d] as number);
      return sum;
    });
  };

  it("makes means of labelled samples: of a free feature itself, of a child with its parents in it", () => {
    const means = cosines("label-means");
    for (const free of means.slice(14)) expect(free).toBeGreaterThan(0.9);
    for (const child of means.slice(2, 14)) expect(child).toBeLessThan(0.8);
  });

  it("takes parents and children apart by regression on all labels", () => {
    for (const cosine of cosines("label-regression")) expect(cosine).toBeGreaterThan(0.85);
  });

  it("misses features by a chosen cosine, and says how exact anchors are", () => {
    const anchors = studyAnchors("frequent", 20, data, ranked, 1);
    if (anchors === undefined) throw new Error("frequent features are anchors");
    expect(anchorCosine(anchors, lrb.features)).toBeCloseTo(1, 5);
    expect(blurredAnchors(anchors, 1, 1)).toBe(anchors);
    const blurred = blurredAnchors(anchors, 0.8, 1);
    expect(Math.abs((anchorCosine(blurred, lrb.features) as number) - 0.8)).toBeLessThan(0.05);
    expect(blurred.target).toBe(blurred.input);
    const directions = studyAnchors("directions", 5, data, ranked, 1);
    expect(directions && anchorCosine(directions, lrb.features)).toBeNull();
  });
});
