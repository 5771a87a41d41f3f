import { describe, expect, it } from "vitest";
import { featureAnchors } from "../src/index.js";

const features = Float64Array.from([1, 0, 0, 1, 0.6, 0.8]); // three features in two dimensions
const targetFeatures = Float64Array.from([0, 1, 1, 0, -0.8, 0.6]);

describe("featureAnchors", () => {
  it("takes the rows of both sides in the order that was asked for", () => {
    const anchors = featureAnchors({ n: 3, features, targetFeatures }, [2, 0], "frequent");
    expect(anchors).toMatchObject({ kind: "frequent", count: 2, features: Int32Array.from([2, 0]) });
    expect([...anchors.input]).toEqual([...Float32Array.from([0.6, 0.8, 1, 0])]);
    expect([...anchors.target]).toEqual([...Float32Array.from([-0.8, 0.6, 0, 1])]);
  });

  it("has one array where the target is the input", () => {
    const anchors = featureAnchors({ n: 3, features, targetFeatures: features }, [1], "frequent");
    expect(anchors.target).toBe(anchors.input);
  });

  it.each([
    [[], "got none"],
    [[3], "got 3"],
    [[-1], "got -1"],
    [[0, 1, 0], "got 0"],
  ])("refuses %j", (chosen, got) => {
    expect(() => featureAnchors({ n: 3, features }, chosen, "frequent")).toThrow(
      new RangeError(`featureAnchors: needs different features from 0 to 2, ${got}; pass each index once`),
    );
  });
});
