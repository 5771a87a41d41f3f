import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { random, writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { document, interrupted, temporaryFolder, writeSamples } from "./support/cli.js";

/** Much more than a second, so that a busy machine passes; waiting for the work would take minutes. */
const SOON = 5000;

/** A dictionary, and data that takes a while. */
function long() {
  const folder = temporaryFolder();
  const small = writeSamples(folder, "small.npy", 100, 64);
  const run = join(folder, "run");
  document("train", "--data", small, "--latents", "512", "--k", "4", "--steps", "2", "--out", run);
  const stream = random(1, "long");
  const data = join(folder, "long.npy");
  const values = Float32Array.from({ length: 100_000 * 64 }, stream.normal);
  writeFileSync(data, writeNpy({ shape: [100_000, 64], data: values }));
  return { folder, data, run, at: (name: string) => join(folder, name) };
}

describe("SIGINT and SIGTERM", { timeout: 240_000 }, () => {
  it("end every command at once with status 130, and leave nothing half-written", async () => {
    const { folder, data, run, at } = long();
    mkdirSync(at("out"));
    const reference = ["--backend", "reference", "--data", data];
    const nothing = /interrupted; nothing was kept\n$/;
    const commands: readonly (readonly string[])[] = [
      ["evaluate", run, ...reference],
      ["encode", run, ...reference, "--out", at("out/encode")],
      ["audit", run, ...reference, "--out", at("out/audit")],
      ["anchors", ...reference, "--count", "300", "--steps", "2000", "--out", at("out/anchors")],
      // Synchronous work of many seconds: features are made before the first step.
      ["bench", "--preset", "paper", "--methods", "topk", "--out", at("out/bench")],
    ];
    const before = readdirSync(folder).sort();
    for (const [i, args] of commands.entries()) {
      const ran = await interrupted(i % 2 === 0 ? "SIGINT" : "SIGTERM", 2500, ...args);
      expect([ran.status, ran.stderr], args.join(" ")).toEqual([
        130,
        expect.stringMatching(args[0] === "bench" ? /interrupted; finished rows and states are in .*\n$/ : nothing),
      ]);
      expect(ran.afterSignal, args.join(" ")).toBeLessThan(SOON);
    }
    expect(readdirSync(at("out"), { recursive: true }).filter((name) => /tmp|lock/.test(String(name)))).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it("before the first state of a training: nothing was kept, and no folder stays", async () => {
    const { data, at } = long();
    const args = ["train", "--data", data, "--backend", "reference", "--latents", "8192", "--out", at("new")];
    const ran = await interrupted("SIGINT", /backend: /, ...args, "--json");
    expect([ran.status, ran.stderr]).toEqual([130, expect.not.stringMatching(/--resume/)]);
    expect(existsSync(at("new"))).toBe(false);
  });

  it("in the evaluation that ends a training: the states are kept, and it says so", async () => {
    const { data, at } = long();
    const args = ["train", "--data", data, "--latents", "4096", "--steps", "2", "--out", at("a b")];
    const ran = await interrupted("SIGTERM", /100%/, ...args);
    if (ran.status !== 0) {
      expect([ran.status, ran.stderr]).toEqual([130, expect.stringContaining(`--resume '${at("a b")}'`)]);
      expect(readdirSync(at("a b/states"))).toHaveLength(1);
    }
  });
});

describe("a phase of which nothing is heard", { timeout: 60_000 }, () => {
  it("shows that it goes on after two seconds, unless it is to be quiet", async () => {
    const folder = temporaryFolder();
    const args = ["bench", "--preset", "paper", "--methods", "topk", "--steps", "1", "--out"];
    const [shown, quiet] = await Promise.all([
      interrupted("SIGINT", /bench, \d+ s so far/, ...args, join(folder, "a")),
      interrupted("SIGINT", 6000, ...args, join(folder, "b"), "--quiet"),
    ]);
    expect(shown.status).toBe(130);
    expect(shown.stderr).toMatch(/bench, [2-9] s so far/);
    expect(quiet.stderr).not.toContain("so far");
  });
});
