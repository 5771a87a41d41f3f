import { expect, it } from "vitest";
import { printsAs, readExamples } from "./readExamples.js";

const document = [
  "# Title",
  "```ts",
  "not.run();",
  "```",
  "## Usage",
  "```ts",
  "console.log(1);",
  "```",
  "which prints",
  "```text",
  "1",
  "```",
  "## More",
  "```js run",
  "console.log(2);",
  "```",
  "```sh",
  "ls",
  "```",
].join("\n");

it("takes fences marked run and those under Usage, with the text fence that follows as their output", () => {
  expect(readExamples(document, "a.md")).toEqual([
    { name: "a.md:6", language: "ts", code: "console.log(1);", output: "1" },
    { name: "a.md:14", language: "js", code: "console.log(2);" },
  ]);
});

it.each([
  ["loss 1.5\n", "loss 1.5", true],
  ["loss 1.5\n", "loss 1x5", false],
  ["loss 1x5\n", "loss 1.5", false],
  ["100 steps in 2.31 s\nend\n", "100 steps in … s\nend", true],
  ["a\nb\n", "…", false],
])("compares %j with the documented %j", (printed, documented, same) => {
  expect(printsAs(printed, documented)).toBe(same);
});
