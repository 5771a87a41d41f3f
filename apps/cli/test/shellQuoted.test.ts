import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shellQuoted } from "../src/shellQuoted.js";

describe("shellQuoted", () => {
  it.each(["runs/train-1", "a b", "it's", "$HOME", "a;b", "", "ü", "-x", "a\nb", "*", '"'])(
    "gives a shell back what it was given: %j",
    (text) => {
      const { stdout } = spawnSync("sh", ["-c", `printf '%s' ${shellQuoted(text)}`], { encoding: "utf8" });
      expect(stdout).toBe(text);
    },
  );

  it("leaves plain paths as they are", () => {
    expect(shellQuoted("runs/train-2026_a.b")).toBe("runs/train-2026_a.b");
  });
});
