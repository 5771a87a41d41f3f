import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

const matrix = (
  folder: string,
  name: string,
  rows: number,
  columns: number,
  at: (b: number, d: number) => number,
): string => {
  const file = join(folder, name);
  const data = Float32Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));
  writeFileSync(file, writeNpy({ shape: [rows, columns], data }));
  return file;
};

describe("train refuses with status 2, before any work", { timeout: 60_000 }, () => {
  const refusals: readonly (readonly [options: string, says: RegExp])[] = [
    ["--activation jumprelu --target-l0 0", /--target-l0 must be a number above 0, got 0/],
    ["--activation jumprelu --target-l0 33", /--target-l0 must be at most the number of latents, 32, got 33/],
    ["--activation jumprelu --theta=-1", /--theta must be a number of at least 0, got -1/],
    ["--activation jumprelu --bandwidth 0", /--bandwidth must be a number above 0/],
    ["--activation relu --l1 NaN", /--l1 must be a number of at least 0, got NaN/],
    ["--activation jumprelu --l0 -1", /--l0/],
    ["--k 0", /--k must be a (whole )?number of at least 1/],
    ["--activation batchtopk --k 0", /--k must be a number above 0/],
    [
      "--activation batchtopk --k .01 --batch 64",
      /--k times --batch must select at least one latent, got 0.01 times 64/,
    ],
    ["--batch 0", /--batch must be a (whole )?number of at least 1/],
    ["--steps 0", /--steps must be a (whole )?number of at least 1/],
    ["--epochs 0", /--epochs must be a number above 0/],
    ["--lr 0", /--lr must be a number above 0/],
    ["--lr Infinity", /--lr must be a number above 0, got Infinity/],
    ["--clip 0", /--clip must be a number above 0/],
    ["--resample 0", /--resample/],
    ["--save-every 0", /--save-every must be/],
    ["--save-every-seconds 0", /--save-every-seconds must be a number above 0/],
    ["--max-norm .5", /--max-norm must be a number of at least 1, got .5/],
    ["--lr-warmup 21 --steps 20", /--lr-warmup must be a share .* up to 20, got 21/],
    ["--lr-decay 1.5 --steps 20", /--lr-decay must be a share .*got 1.5/],
    ["--sparsity-warmup .5", /--sparsity-warmup belongs to relu and gated and jumprelu/],
    ["--decay 1", /--decay is not an option of train/],
    ["--matryoshka 8,4", /--matryoshka must be whole numbers that ascend up to --latents, 32, got 8,4/],
    ["--matryoshka 8,64", /--matryoshka must be .* 32, got 8,64/],
    ["--matryoshka 8,,16", /--matryoshka must be/],
    ["--matryoshka k:2,9", /--matryoshka must be .* --k, 8, got k:2,9/],
    ["--activation relu --matryoshka k:2,4", /--matryoshka k:K,K belongs to activations with --k, got relu/],
    ["--anchor-strength 1", /--anchor-strength belongs to --anchors/],
    ["--init nowhere", /nowhere: a checkpoint folder must be there/],
  ];

  it.each(refusals)("%s", async (options, says) => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 100, 16);
    const out = join(folder, "run");
    const ran = await inProcess("train", "--data", data, "--latents", "32", ...options.split(" "), "--out", out);
    expect(ran.stderr).toMatch(says);
    expect(ran.status).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it("data and targets of zeros", async () => {
    const folder = temporaryFolder();
    const [zeros, data] = [matrix(folder, "zeros.npy", 100, 16, () => 0), writeSamples(folder, "data.npy", 100, 16)];
    for (const normalize of ["meannorm", "none"]) {
      const ran = await inProcess("train", "--data", zeros, "--normalize", normalize);
      expect(ran.stderr).toContain("--data must hold a sample that is not zero, got only zeros");
      expect(ran.status).toBe(2);
    }
    const found = await inProcess("anchors", "--data", zeros, "--count", "4");
    expect([found.status, found.stderr]).toEqual([
      2,
      expect.stringContaining("--data must hold a sample that is not zero"),
    ]);
    const ran = await inProcess("train", "--data", data, "--target", zeros);
    expect([ran.status, ran.stderr]).toEqual([
      2,
      expect.stringContaining("--target must hold a sample that is not zero"),
    ]);
  });

  it("anchors with a row of zeros, of another width, or more than latents", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 100, 16);
    const anchored = async (anchors: string): Promise<string> => {
      const ran = await inProcess("train", "--data", data, "--latents", "8", "--anchors", anchors);
      expect(ran.status).toBe(2);
      return ran.stderr;
    };
    const hole = matrix(folder, "hole.npy", 5, 16, (b, d) => (b === 3 ? 0 : d + b + 1));
    expect(await anchored(hole)).toContain("--anchors must hold a direction in every row, got zeros in row 3");
    expect(await anchored(matrix(folder, "wide.npy", 2, 20, () => 1))).toContain("--anchors must have 16 columns");
    expect(await anchored(matrix(folder, "many.npy", 9, 16, (b, d) => d + b + 1))).toContain(
      "--anchors must be at most as many as the latents, 8, got 9",
    );
  });
});
