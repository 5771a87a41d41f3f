import { describe, expect, it } from "vitest";
import { givenAnchors, unitDirections } from "../src/index.js";

describe("givenAnchors", () => {
  it("has unit rows, whatever their length was", () => {
    const { input, target, count, kind, names } = givenAnchors(Float32Array.of(3, 4, 0, -1e-30), 2, {
      names: ["a", "b"],
    });
    expect(Array.from(input, (v) => Math.round(1e6 * v) / 1e6)).toEqual([0.6, 0.8, 0, -1]);
    expect(target).toBe(input);
    expect({ count, kind, names }).toEqual({ count: 2, kind: "given", names: ["a", "b"] });
  });

  it("does not depend on the length of the rows", () => {
    const rows = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i + 1));
    expect(
      givenAnchors(
        rows.map((v) => 64 * v),
        6,
      ).input,
    ).toEqual(givenAnchors(rows, 6).input);
  });

  it("keeps the bits of unit rows, and the caller's array", () => {
    const rows = Float32Array.of(0.6, 0.8, 1, 0);
    const before = rows.slice();
    expect(givenAnchors(rows, 2).input).toEqual(before);
    givenAnchors(rows.fill(2), 2);
    expect([...rows]).toEqual([2, 2, 2, 2]);
  });

  it.each([
    ["zeros in row 1", Float32Array.of(1, 2, 0, 0)],
    ["a number that is not finite in row 0", Float32Array.of(1, Number.NaN, 1, 1)],
    ["a number that is not finite in row 1", Float32Array.of(1, 1, Number.POSITIVE_INFINITY, 1)],
  ])("refuses %s", (what, rows) => {
    expect(() => givenAnchors(rows, 2)).toThrow(
      new RangeError(`givenAnchors: every row must be a direction, got ${what}; leave it out`),
    );
  });

  it("refuses parts of rows and names that do not pair", () => {
    expect(() => unitDirections("here", new Float32Array(3), 2)).toThrow(
      "here: needs whole rows of 2 columns, got 3 numbers",
    );
    expect(() => givenAnchors(Float32Array.of(1, 0), 2, { names: [] })).toThrow("one name per direction, 1, got 0");
  });
});
