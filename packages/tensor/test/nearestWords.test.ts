import { expect, it } from "vitest";
import { nearestWords } from "../src/nearestWords.js";

it.each([
  ["topk", "topk", 0],
  ["topc", "topk", 1],
  ["tpok", "topk", 1], // two letters that are swapped
  ["TOPK", "topk", 0],
  ["latent", "latents", 1],
  ["lat", "latents", 1], // it only goes on
  ["", "relu", 4],
  ["relu", "", 4],
  ["jumprelu", "relu", 4],
])("%s is so far from %s: %i", (wrong, word, distance) => {
  expect(nearestWords(wrong, [word])).toEqual([{ word, distance }]);
});

it("the closest word comes first, those at the same distance in their order", () => {
  expect(nearestWords("rleu", ["gelu", "relu", "silu"]).map(({ word }) => word)).toEqual(["relu", "gelu", "silu"]);
  expect(nearestWords("x", [])).toEqual([]);
});
