import { spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bin, temporaryFolder, writeSamples } from "./support/cli.js";

/** Runs `monosema` with a reader of one of its streams that goes away at the first word, or with a full standard output. */
function ran(
  args: readonly string[],
  how: "stdout" | "stderr" | "full",
): Promise<{ status: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const out = how === "full" ? openSync("/dev/full", "w") : "pipe";
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", out, "pipe"] });
    let stderr = "";
    child.stderr?.on("data", (text) => {
      stderr += text;
      if (how === "stderr") child.stderr?.destroy();
    });
    if (how === "stdout") child.stdout?.destroy();
    child.on("exit", (status) => resolve({ status, stderr }));
  });
}

describe("a training whose output cannot be written", { timeout: 120_000 }, () => {
  const small = ["--latents", "32", "--k", "2", "--batch", "32", "--steps", "30", "--backend", "reference"];

  it.each<["stdout" | "stderr" | "full", number]>([
    ["stdout", 0],
    ["stderr", 0],
    ["full", 1],
  ])("%s: ends as usual with status %d and whole results", async (how, status) => {
    if (how === "full" && !existsSync("/dev/full")) return;
    const folder = temporaryFolder();
    const out = join(folder, "run");
    const result = await ran(["train", "--data", writeSamples(folder, "x.npy", 100, 8), ...small, "--out", out], how);
    expect(result.status, result.stderr).toBe(status);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    if (how === "full") expect(result.stderr).toMatch(/standard output must be writable, got "ENOSPC/);
    for (const name of ["train.json", "cfg.json", "sae_weights.safetensors"])
      expect(existsSync(join(out, name))).toBe(true);
  });
});
