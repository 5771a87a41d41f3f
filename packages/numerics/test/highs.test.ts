import loadHighs from "highs";
import { expect, it } from "vitest";
import { highsSolver } from "../src/index.js";

// The package declares its types for CommonJS: its default export is typed one level too deep.
const load = loadHighs as unknown as typeof loadHighs.default;

it("solves a linear program, with the duals of its rows, and says where there is no optimum", async () => {
  const lp = highsSolver(await load());
  // Minimise x + y with x + 2 y >= 4, x, y >= 0: y = 2, and each unit of the bound costs 1/2.
  const program = {
    ...{
      cost: Float64Array.of(1, 1),
      lower: new Float64Array(2),
      upper: new Float64Array(2).fill(Number.POSITIVE_INFINITY),
    },
    ...{ rowLower: Float64Array.of(4), rowUpper: Float64Array.of(Number.POSITIVE_INFINITY) },
    ...{ starts: Int32Array.of(0, 2), indices: Int32Array.of(0, 1), values: Float64Array.of(1, 2) },
  };
  const { optimal, x, rowDual, objective } = lp.solve(program);
  expect(optimal).toBe(true);
  expect([...x, ...rowDual, objective]).toEqual([0, 2, 0.5, 2]);
  expect(lp.solve({ ...program, upper: Float64Array.of(1, 1) }).optimal).toBe(false);
});
