import { describe, expect, it } from "vitest";
import { gatherRows } from "../src/index.js";

describe("gatherRows", () => {
  it.each([Float32Array, Float64Array])("copies rows in the order given, of the same kind (%o)", (Kind) => {
    const values = Kind.from([0, 1, 10, 11, 20, 21]);
    const gathered = gatherRows(values, 2, [2, 0, 2]);
    expect(gathered).toEqual(Kind.from([20, 21, 0, 1, 20, 21]));
    gathered[0] = 5;
    expect(values[4]).toBe(20);
  });

  it("is empty for no rows", () => {
    expect(gatherRows(new Float32Array(6), 3, [])).toEqual(new Float32Array(0));
  });
});
