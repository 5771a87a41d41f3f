import { expect, it } from "vitest";
import { patchOf } from "../src/index.js";

it.each([
  ["a place of a square grid, line by line", 5, 16, [0.25, 0.25, 0.25, 0.25]],
  ["the last place", 15, 16, [0.75, 0.75, 0.25, 0.25]],
  ["a place after a class token", 6, 17, [0.25, 0.25, 0.25, 0.25]],
  ["the class token, which is of the whole image", 0, 17, undefined],
  ["a whole image", 0, 1, undefined],
  ["a grid that is no square", 3, 12, undefined],
])("%s", (_, position, places, patch) => {
  expect(patchOf(position, places)).toEqual(patch);
});
