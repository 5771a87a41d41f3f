import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inProcess, interrupted, monosema, temporaryFolder, writeSamples } from "./support/cli.js";

const small = ["--latents", "32", "--k", "4", "--batch", "64"];
const weights = (folder: string): Buffer => readFileSync(join(folder, "sae_weights.safetensors"));

interface Seeds {
  readonly command: string;
  readonly warnings: readonly string[];
  readonly comparison: object;
  readonly seeds: readonly {
    seed: number;
    holdout: object;
    heldOut: { fvu: number };
    steps: number;
    warnings: string[];
  }[];
}
async function done(...args: readonly string[]): Promise<Seeds> {
  const ran = await inProcess(...args, "--json", "--quiet");
  expect(ran.status, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
}

describe("monosema train --seeds", { timeout: 240_000 }, () => {
  it("gives the dictionaries of runs of each seed, which share the rows that are held out", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const [out, alone] = [join(folder, "seeds"), join(folder, "alone")];
    const options = [...small, "--steps", "30", "--seed", "3"];
    const document = await done("train", "--data", data, ...options, "--seeds", "2", "--out", out);
    expect(document.command).toBe("train");
    expect(document.seeds).toMatchObject([3, 4].map((seed) => ({ seed, holdout: { fraction: 0.05, seed: 3 } })));
    expect(JSON.parse(readFileSync(join(out, "train.json"), "utf8"))).toEqual(document);
    const own = join(out, "seed-1", "train.json");
    expect(JSON.parse(readFileSync(own, "utf8"))).toEqual(document.seeds[1]);
    // A warning of all stands in each document, with the seed only in that of the whole.
    for (const { seed, warnings } of document.seeds)
      for (const warning of warnings) expect(document.warnings).toContain(`seed ${seed}: ${warning}`);
    // What `compare` says of the same folders and samples.
    const folders = [join(out, "seed-0"), join(out, "seed-1")];
    const compared = await done("compare", ...folders, "--data", data, "--out", join(folder, "compared"));
    expect(compared).toMatchObject(document.comparison);
    await done("train", "--data", data, ...options, "--out", alone);
    expect(weights(join(out, "seed-0")).equals(weights(alone))).toBe(true);
    expect(weights(join(out, "seed-1")).equals(weights(alone))).toBe(false);
  });

  it("keeps finished runs, begins those that are missing, and goes on with all for more steps", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const out = join(folder, "seeds");
    await done("train", "--data", data, ...small, "--steps", "30", "--auxk", "off", "--seeds", "2", "--out", out);
    const [first, second] = [join(out, "seed-0"), join(out, "seed-1")];
    const [before, bytes] = [statSync(join(first, "train.json")).mtimeMs, weights(second)];
    rmSync(second, { recursive: true });
    await done("train", "--resume", out);
    expect(statSync(join(first, "train.json")).mtimeMs).toBe(before);
    expect(weights(second).equals(bytes)).toBe(true);
    const longer = await done("train", "--resume", out, "--steps", "40");
    expect(longer.seeds.map(({ steps }) => steps)).toEqual([40, 40]);
    expect((await done("train", "--resume", second, "--steps", "50")) as unknown).toMatchObject({ seed: 1, steps: 50 });
  });

  it("says how to go on when it is interrupted, and ends with the bytes of a run that was not", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 600, 16);
    const [whole, out] = [join(folder, "whole"), join(folder, "stopped")];
    const options = [...small, "--steps", "600", "--seeds", "2"];
    expect(monosema("train", "--data", data, ...options, "--out", whole, "--quiet").status).toBe(0);
    const ran = await interrupted(
      "SIGINT",
      /seed 1, 2 of 2/,
      "train",
      "--data",
      data,
      ...options,
      "--json",
      "--out",
      out,
    );
    expect([ran.status, ran.stderr]).toEqual([130, expect.stringContaining(`--resume ${out}`)]);
    expect(existsSync(join(out, "train.json"))).toBe(false);
    const resumed = monosema("train", "--resume", out);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(resumed.stdout).toMatch(/seed 0, 1 of 2: finished before/);
    expect(resumed.stdout).toMatch(/^seed +fvu +held out +L0 +dead +folder\n0 .*seed-0\n1 .*seed-1$/m);
    for (const name of ["seed-0", "seed-1"])
      expect(weights(join(out, name)).equals(weights(join(whole, name)))).toBe(true);
  });

  it("refuses a single seed, and a file of seeds that is not valid", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 100, 16);
    const one = await inProcess("train", "--data", data, "--seeds", "1");
    expect([one.status, one.stderr]).toEqual([2, expect.stringContaining("--seeds must be a number of at least 2")]);
    const resumed = await inProcess("train", "--resume", folder, "--seeds", "2");
    expect([resumed.status, resumed.stderr]).toEqual([2, expect.stringContaining("got --seeds; drop it")]);
    writeFileSync(join(folder, "seeds.json"), "{");
    const broken = await inProcess("train", "--resume", folder);
    expect([broken.status, broken.stderr]).toEqual([2, expect.stringContaining("whose seeds.json is not valid")]);
  });
});
