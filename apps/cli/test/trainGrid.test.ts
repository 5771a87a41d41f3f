import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SweepRun } from "@monosema/experiments/report";
import { describe, expect, it } from "vitest";
import { document, inProcess, interrupted, monosema, temporaryFolder, writeSamples } from "./support/cli.js";

const small = ["--latents", "32", "--backend", "simd", "--tier", "int16"];
const digest = (folder: string): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, "sae_weights.safetensors")))
    .digest("hex");

describe("monosema train --grid", { timeout: 240_000 }, () => {
  it("gives the dictionaries of train for each point, their documents, and the document of a sweep", () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const out = join(folder, "grid");
    const training = ["train", "--data", data, ...small, "--epochs", "8"];
    // Batches of two sizes give two orders of the rows, and runs of two lengths.
    const found = document(...training, "--grid", "k=2,4", "--grid", "batch=64,32", "--out", out).rows;
    expect(JSON.parse(readFileSync(join(out, "sweep.json"), "utf8")).rows).toEqual(found);
    expect(existsSync(join(out, "report.html"))).toBe(true);
    const rows = found as readonly SweepRun[];
    expect(rows.map(({ params }) => [params.k, params.batch])).toEqual([
      ["2", "64"],
      ["2", "32"],
      ["4", "64"],
      ["4", "32"],
    ]);
    for (const { params, sha256, checkpoint, metrics, heldOut } of rows) {
      const alone = join(folder, `alone-${params.k}-${params.batch}`);
      const plain = document(...training, "--k", `${params.k}`, "--batch", `${params.batch}`, "--out", alone);
      expect(digest(alone)).toBe(sha256);
      expect(digest(checkpoint as string)).toBe(sha256);
      expect({ metrics, heldOut }).toEqual({ metrics: plain.metrics, heldOut: plain.heldOut });
      const { seconds, samplesPerSecond, out: place, checkpoint: at, ...rest } = plain;
      const beside = JSON.parse(readFileSync(join(checkpoint as string, "train.json"), "utf8"));
      expect(beside).toMatchObject({ ...rest, out: checkpoint, checkpoint });
    }
  });

  it("leaves states of all runs when it is interrupted, from which one goes on to the same bits", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const training = ["train", "--data", data, ...small, "--batch", "64", "--steps", "1500"];
    const out = join(folder, "grid");
    const ran = await interrupted("SIGINT", /loss/, ...training, "--grid", "k=2,4", "--out", out);
    expect([ran.status, ran.stderr]).toEqual([130, expect.stringContaining("monosema train --resume FOLDER")]);
    for (const k of ["2", "4"]) expect(readdirSync(join(out, `k-${k}`, "states")).length).toBeGreaterThan(0);
    const alone = join(folder, "alone");
    document("train", "--resume", join(out, "k-4"));
    document(...training, "--k", "4", "--out", alone);
    expect(digest(join(out, "k-4"))).toBe(digest(alone));
  });

  it("names a run that diverges, and finishes the others", () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const training = ["train", "--data", data, ...small, "--k", "2", "--batch", "64", "--steps", "60"];
    const ran = monosema(...training, "--grid", "lr=1e-3,1e30", "--out", join(folder, "grid"));
    expect([ran.status, ran.stdout]).toEqual([1, expect.stringMatching(/failed: lr 1e30 .*lower the learning rate/)]);
    expect(ran.stderr).toContain("1 of 2 runs failed");
    expect(readdirSync(join(folder, "grid", "lr-1e-3"))).toContain("sae_weights.safetensors");
  });

  it.each<[string, string]>([
    ["--grid k=2,4 --k 2", "--k must be given once, got --k 2 and --grid k"],
    ["--grid seed=0..2 --seeds 2", "--grid and --seeds exclude each other"],
    ["--grid k=2 --resume x", "--grid and --resume exclude each other"],
    ["--grid kk=2", "--grid must vary an option of train, got kk"],
    ["--grid k=2,400", "k 400: "],
  ])("refuses %s", async (line, message) => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const out = join(folder, "out");
    const ran = await inProcess("train", "--data", data, "--latents", "32", "--out", out, ...line.split(" "));
    expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(out)).toBe(false);
  });
});
