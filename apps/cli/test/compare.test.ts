import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sae } from "@monosema/sdl";
import { saveCheckpoint } from "@monosema/sdl/node";
import { random, writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { document, inProcess, interrupted, monosema, temporaryFolder } from "./support/cli.js";

/** Writes an SAE whose encoder and decoder are these rows. */
async function saved(folder: string, rows: readonly (readonly number[])[]): Promise<string> {
  const nP = rows[0]?.length as number;
  const values = Float32Array.from(rows.flat());
  const spec = sae({ nP, nQ: rows.length, activation: { kind: "topk", k: 2 } });
  await saveCheckpoint(folder, { spec, weights: { encoder: values, decoder: values }, inputScaling: "none" });
  return folder;
}

/** Three dictionaries in 16 dimensions: B is A in another order, C has half of it, and samples. */
async function three() {
  const folder = temporaryFolder();
  const { normal } = random(1, "rows");
  const row = (): number[] => Array.from({ length: 16 }, normal);
  const rows = Array.from({ length: 24 }, row);
  const data = join(folder, "data.npy");
  writeFileSync(data, writeNpy({ shape: [700, 16], data: Float32Array.from({ length: 700 * 16 }, normal) }));
  return {
    ...{ folder, data, out: join(folder, "out") },
    a: await saved(join(folder, "a"), rows),
    b: await saved(join(folder, "b"), rows.toReversed()),
    c: await saved(join(folder, "c"), [...rows.slice(0, 12), ...Array.from({ length: 12 }, row)]),
  };
}

interface Compared {
  readonly latent: number;
  readonly replicated: boolean;
  readonly matches: readonly { checkpoint: string; latent: number; cosine: number; codeCorrelation: number }[];
}

describe("monosema compare", { timeout: 120_000 }, () => {
  it("says which latents come back, writes what it prints, and a page", async () => {
    const { a, b, c, data, out } = await three();
    const found = document("compare", a, b, c, "--data", data, "--html", "--out", out);
    expect(found).toMatchObject({
      ...{ command: "compare", samples: 700, threshold: 0.9 },
      summary: { replicated: 0.5, replicatedLatents: 12 },
      comparisons: [
        { checkpoint: b, replicated: 1, mcc: 1, codeCorrelation: 1 },
        { checkpoint: c, replicated: 0.5 },
      ],
    });
    const latents = found.latents as readonly Compared[];
    expect(latents.map(({ replicated }) => replicated)).toEqual(latents.map((_, latent) => latent < 12));
    for (const { latent, matches } of latents) {
      expect(matches[0]).toMatchObject({ checkpoint: b, latent: 23 - latent, cosine: 1, codeCorrelation: 1 });
      if (latent < 12) expect(matches[1]).toMatchObject({ checkpoint: c, latent, cosine: 1 });
    }
    expect(JSON.parse(readFileSync(join(out, "compare.json"), "utf8"))).toEqual(found);
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toContain("12 of the 24 live latents of A: a come back in all 2 other dictionaries");
    expect(page).toContain('aria-label="Cosines and codes: C: c"');
  });

  it("prints a table for a person, without samples by decoder rows alone, with progress on standard error", async () => {
    const { a, c, out } = await three();
    const { status, stdout, stderr } = monosema("compare", a, c, "--threshold", "0.95", "--out", out);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^A {2}.*: sae, topk, 24 latents, 24 live$/m);
    expect(stdout).toMatch(/^in B +12 of 24 \(50\.0 %\)/m);
    expect(stdout).toMatch(/^by chance +\d+\.\d % +0\.\d{3} +< 0\.\d{3}$/m);
    expect(stdout).toContain("a cosine above 0.95");
    expect(stdout).not.toContain("kappa");
    expect(stderr).toContain("comparing decoder rows");
    expect(existsSync(join(out, "compare.json"))).toBe(true);
  });

  it("refuses one dictionary, other widths, data that do not fit, and thresholds that are no cosines", async () => {
    const { folder, a, b, out } = await three();
    const narrow = await saved(join(folder, "narrow"), [
      [1, 0, 0],
      [0, 1, 0],
    ]);
    const data = join(folder, "narrow.npy");
    writeFileSync(data, writeNpy({ shape: [2, 3], data: new Float32Array(6) }));
    for (const [args, message] of [
      [[a], /compare takes CHECKPOINT CHECKPOINT\.\.\., got .*a; see monosema compare --help/],
      [[a, narrow], /narrow must have the output width of .*a, 16, got 3; compare dictionaries of the same layer/],
      [[a, b, "--data", data], /--data must have 16 columns, the dictionary's width, got 3/],
      [[a, b, "--threshold", "1"], /--threshold must be a cosine below 1, got 1/],
      [[a, b, "--threshold", "0"], /--threshold must be a number above 0, got 0/],
      [[a, b, "--wheel"], /--wheel is not an option of compare/],
      [[a, join(folder, "nothing")], /nothing/],
    ] as const) {
      const { status, stderr } = await inProcess("compare", ...args, "--out", out);
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
      expect(existsSync(out)).toBe(false);
    }
  });

  it("ends on Ctrl-C and leaves nothing", async () => {
    const { folder, out } = await three();
    const { normal } = random(2, "many");
    const rows = Array.from({ length: 6000 }, () => Array.from({ length: 128 }, normal));
    const many = await saved(join(folder, "many"), rows);
    const ran = await interrupted("SIGINT", /comparing decoder rows/, "compare", many, many, many, "--out", out);
    expect(ran.status).toBe(130);
    expect(ran.stderr).toContain("interrupted; nothing was kept");
    expect(existsSync(out)).toBe(false);
  });
});
