import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { unprintedNumbers } from "./unprintedNumbers.js";

const guide = readFileSync(join(import.meta.dirname, "../guide/theory.md"), "utf8");

const section = (prose: string) =>
  [
    "---\ntitle: 99.5 %\n---\n",
    "## One",
    prose,
    "```ts run",
    "console.log(12_000);",
    "```",
    "```text",
    "loss 0.50, 3.1 % of 0.7",
    "```",
    "## Two\nNothing.",
  ].join("\n");

it.each([
  ["the loss is .5", []],
  ["the loss is 0.50, not .51", [".51"]],
  ["3.1 % of them", []],
  ["3.1 of them", ["3.1"]],
  ["0.7 % of them", ["0.7 %"]],
  ["12,000 latents of 13,000", ["13,000"]],
  ["Theorem 3.4, Table 12, arXiv 2512.05534, two of 3, L1 and `int16`", []],
  ["$S = .99$", [".99"]],
])("finds which numbers of %j are neither printed nor in the code", (prose, unprinted) => {
  expect(unprintedNumbers(section(prose))).toEqual(unprinted);
});

it("takes no number from another section, and none from a fence that is not run", () => {
  expect(unprintedNumbers(`${section("")}\nA loss of .5.`)).toEqual([".5"]);
  expect(unprintedNumbers("## One\n0.5\n```text\n0.5\n```\n```ts\nconst half = 0.5;\n```\n")).toEqual(["0.5"]);
});

it("finds every number of the guide on the theory in what its examples print", () => {
  expect(unprintedNumbers(guide)).toEqual([]);
  expect(unprintedNumbers(guide.replace("0.645 %", "0.654 %"))).not.toEqual([]);
});
