import { expect, it } from "vitest";
import { liveScreen } from "../src/liveScreen.js";

it("draws over what it drew before, and removes it at the end; long and many lines are cut", () => {
  let written = "";
  const write = (text: string): void => {
    written += text;
  };
  const screen = liveScreen({ write, isTTY: true, columns: 8 });
  screen("one\ntwo\n", "one");
  expect(written).toBe("one\ntwo\n");
  written = "";
  screen("a line too long", "");
  expect(written).toBe("\u001b[2A\u001b[Ja line \n");
  written = "";
  screen("", "");
  expect(written).toBe("\u001b[1A\u001b[J");
  written = "";
  screen(Array(50).fill("x").join("\n"), "");
  expect(written.match(/\n/g)).toHaveLength(22);
});
