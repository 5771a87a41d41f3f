import { describe, expect, it } from "vitest";
import { readVector } from "../../numerics/test/support/vectors.js";
import { checkLrb, type LrbVector } from "./vectors/lrb.js";

const vector = readVector("lrb.json") as LrbVector | undefined;

describe("lrb.json", () => {
  it.skipIf(vector === undefined)("is reproduced step by step (needs the folder of vectors)", () => {
    checkLrb(vector as LrbVector);
  });

  it.skipIf(vector === undefined)(
    "fails the check where a number of it is changed (needs the folder of vectors)",
    () => {
      const { W_after_step: after, loss_before_step: losses } = vector as Required<LrbVector>;
      const wrongLoss = { ...(vector as LrbVector), loss_before_step: losses.map((loss) => loss + 1e-6) };
      expect(() => checkLrb(wrongLoss)).toThrow();
      const wrongMatrix = {
        ...(vector as LrbVector),
        W_after_step: after.map((m) => m.map((row) => row.map((v) => v * 1.000001))),
      };
      expect(() => checkLrb(wrongMatrix)).toThrow();
    },
  );
});
