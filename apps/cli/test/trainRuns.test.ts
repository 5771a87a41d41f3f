import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpoint } from "@monosema/sdl/node";
import { readNpy, writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

/** The document of a run in this process. */
async function trained(
  ...args: readonly string[]
): Promise<Record<string, unknown> & { metrics: Metrics; warnings: string[] }> {
  const ran = await inProcess(...args, "--json", "--quiet");
  expect(ran.status, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
}
interface Metrics {
  readonly fvu: number | null;
  readonly l0: number;
  readonly mse: number;
}

const small = ["--latents", "32", "--k", "4", "--batch", "64"];
const weights = (folder: string): Buffer => readFileSync(join(folder, "sae_weights.safetensors"));
const samplesOf = (file: string): Float32Array => readNpy(readFileSync(file)).data as Float32Array;
const changed = (
  file: string,
  name: string,
  change: (value: number, row: number, column: number) => number,
): string => {
  const { shape, data } = readNpy(readFileSync(file));
  const columns = shape[1] as number;
  const out = file.replace(/[^/]*$/, name);
  const values = (data as Float32Array).map((value, i) => change(value, Math.floor(i / columns), i % columns));
  writeFileSync(out, writeNpy({ shape, data: values }));
  return out;
};

describe("a run that goes on", { timeout: 120_000 }, () => {
  it("takes more steps and files that have moved, and ends with the bytes of a run planned so long", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    // Without AuxK the dead window, a tenth of the planned samples, plays no part.
    const options = [...small, "--auxk", "off", "--lr-warmup", "5"];
    await trained("train", "--data", data, ...options, "--steps", "60", "--out", whole);
    await trained("train", "--data", data, ...options, "--steps", "30", "--out", parts);
    const moved = join(folder, "moved.npy");
    renameSync(data, moved);
    const missing = await inProcess("train", "--resume", parts, "--steps", "60");
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining("data.npy (ENOENT)")]);
    const document = await trained("train", "--resume", parts, "--steps", "60", "--data", moved);
    expect(document).toMatchObject({ steps: 60, samplesSeen: 60 * 64, data: [{ path: moved }] });
    expect(weights(parts).equals(weights(whole))).toBe(true);
  });

  it("refuses other content, fewer steps and options of a new run", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const out = join(folder, "run");
    await trained("train", "--data", data, ...small, "--steps", "20", "--out", out);
    const other = changed(data, "other.npy", (value, row) => (row === 7 ? value + 1 : value));
    const before = weights(out);
    for (const [args, says] of [
      [
        ["--data", other],
        /--resume needs the same data as the saved run, .*data\.npy with sha256 [0-9a-f]{12}.*other\.npy/,
      ],
      [["--data", data, "--data", data], /--data must name as many files as the saved run had, 1, got 2/],
      [["--target", data], /--target belongs to a run with targets/],
      [["--steps", "10"], /--steps must be at least those of the saved run, 20, got 10/],
      [["--lr", "1", "--seed", "3"], /--resume takes everything else from the saved run, got --lr, --seed; drop them/],
    ] as const) {
      const ran = await inProcess("train", "--resume", out, ...args);
      expect([ran.status, ran.stderr]).toEqual([2, expect.stringMatching(says)]);
    }
    expect(weights(out).equals(before)).toBe(true);
  });
});

describe("rows of extreme norm", { timeout: 120_000 }, () => {
  it("are named, and left out on request as if they had never been there", async () => {
    const folder = temporaryFolder();
    const clean = writeSamples(folder, "clean.npy", 512, 16);
    const { data } = readNpy(readFileSync(clean));
    const rows: number[] = [];
    const spoiled: number[] = [];
    for (let row = 0; row < 512; row++) {
      if (row % 128 === 5) {
        rows.push(rows.length + row);
        spoiled.push(...Array.from({ length: 16 }, (_, d) => 3000 * Math.cos(d + row)));
      }
      spoiled.push(...(data as Float32Array).subarray(16 * row, 16 * row + 16));
    }
    const file = join(folder, "spoiled.npy");
    writeFileSync(file, writeNpy({ shape: [512 + rows.length, 16], data: Float32Array.from(spoiled) }));
    const options = [...small, "--steps", "40"];
    const named = await trained("train", "--data", file, ...options, "--out", join(folder, "named"));
    expect(named).toMatchObject({ dropped: 0, rows: 516 });
    expect(named.warnings.join()).toMatch(
      new RegExp(
        `--data: 4 of 516 rows have norms above 10 times the median .*\\(rows ${rows.join(", ")}\\).*--max-norm`,
      ),
    );
    const [left, never] = [join(folder, "left"), join(folder, "never")];
    const without = await trained("train", "--data", file, ...options, "--max-norm", "20", "--out", left);
    const alone = await trained("train", "--data", clean, ...options, "--out", never);
    expect(without).toMatchObject({ dropped: 4, rows: 512, data: [{ rows: 516 }] });
    expect(without.metrics).toEqual(alone.metrics);
    expect(weights(left).equals(weights(never))).toBe(true);
    const evaluated = await trained("evaluate", left, "--data", file, "--max-norm", "20");
    expect(evaluated).toMatchObject({ dropped: 4, metrics: { samples: 512 } });
    expect(evaluated.metrics.fvu).toBeCloseTo(without.metrics.fvu as number, 6);
    const resumed = await trained("train", "--resume", left, "--steps", "60");
    expect(resumed).toMatchObject({ dropped: 4, rows: 512 });
  });
});

describe("a start from a dictionary", { timeout: 120_000 }, () => {
  it("keeps its objective and, with steps of no size, its output, whatever the scale", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const big = changed(data, "big.npy", (value) => 100 * value + 7);
    for (const [activation, extra] of [
      ["topk", ["--k", "3", "--matryoshka", "8,16"]],
      ["jumprelu", ["--l0", ".5"]],
    ] as const) {
      const [first, second] = [join(folder, `${activation}-1`), join(folder, `${activation}-2`)];
      const args = ["--latents", "32", "--batch", "64", "--activation", activation, ...extra];
      const one = await trained("train", "--data", big, ...args, "--steps", "60", "--out", first);
      const two = await trained(
        "train",
        "--data",
        big,
        "--init",
        first,
        "--normalize",
        "rms",
        "--steps",
        "1",
        "--lr",
        "1e-30",
        "--out",
        second,
      );
      expect(two.spec).toEqual(one.spec);
      expect(two.init).toBe(first);
      expect((two.metrics.fvu as number) / (one.metrics.fvu as number)).toBeCloseTo(1, 3);
      expect(two.metrics.l0).toBeCloseTo(one.metrics.l0, 1);
    }
    const wider = await inProcess("train", "--data", data, "--init", join(folder, "topk-1"), "--latents", "64");
    expect([wider.status, wider.stderr]).toEqual([
      2,
      expect.stringContaining("--latents must be those of the dictionary of --init, 32, got 64"),
    ]);
    const ran = await inProcess("train", "--data", data, "--init", join(folder, "topk-1"), "--activation", "gated");
    expect([ran.status, ran.stderr]).toEqual([
      2,
      expect.stringMatching(/--init must be a dictionary with the gateBias \[32\]/),
    ]);
  });
});

describe("what a run knows", { timeout: 120_000 }, () => {
  it("stands in its document, report, checkpoint and info", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const labels = join(folder, "labels.json");
    writeFileSync(labels, JSON.stringify(Array.from({ length: 300 }, (_, i) => ["cat", "dog", null][i % 3])));
    const anchors = join(folder, "anchors");
    await trained("anchors", "--data", data, "--labels", labels, "--out", anchors);
    const out = join(folder, "run");
    const names = ["--model-name", "gpt2", "--hook", "blocks.3.hook_resid_post"];
    const file = join(anchors, "anchors.npy");
    const run = ["--data", data, ...small, "--steps", "20", "--seed", "5", "--lr", ".002", "--anchors", file, ...names];
    const document = await trained("train", ...run, "--out", out);
    const facts = {
      seed: 5,
      lr: 0.002,
      batch: 64,
      steps: 20,
      dropped: 0,
      model_name: "gpt2",
      hook_name: "blocks.3.hook_resid_post",
      data: [{ path: data, rows: 300, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      anchors: { kind: "classMeans", count: 2, names: ["cat", "dog"], path: file, strength: 0.1 },
    };
    expect(document).toMatchObject(facts);
    expect(JSON.parse(readFileSync(join(out, "train.json"), "utf8"))).toMatchObject(facts);
    expect((await loadCheckpoint(out)).model.metadata).toMatchObject(facts);
    const page = readFileSync(join(out, "report.html"), "utf8");
    for (const text of ["gpt2, blocks.3.hook_resid_post", "2 (classMeans): cat, dog", "<dd>data.npy (sha256"])
      expect(page).toContain(text);
    expect(page).not.toContain(folder);
    const info = await inProcess("info", out);
    for (const text of [
      "seed 5, lr 0.002, batch 64, steps 20",
      "names       2: 0 cat, 1 dog",
      "anchors     2 (classMeans)",
    ])
      expect(info.stdout).toContain(text);
    expect(info.stdout).toContain("name gpt2, hook blocks.3");
    const plain = await trained("train", "--data", data, ...small, "--steps", "5", "--out", join(folder, "plain"));
    expect(plain.anchors).toEqual({ kind: "none", count: 0 });
  });
});

describe("directions and constants", { timeout: 120_000 }, () => {
  it("anchors of another length give the same dictionary", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const directions = join(folder, "directions.npy");
    writeFileSync(
      directions,
      writeNpy({
        shape: [3, 16],
        data: samplesOf(data)
          .slice(0, 48)
          .map((v, i) => v + (i % 5)),
      }),
    );
    const longer = changed(directions, "longer.npy", (value, row) => value * 2 ** (4 + row));
    const run = async (anchors: string, out: string) => {
      await trained(
        "train",
        "--data",
        data,
        ...small,
        "--steps",
        "20",
        "--anchors",
        anchors,
        "--out",
        join(folder, out),
      );
      return (await loadCheckpoint(join(folder, out))).model.weights;
    };
    expect(await run(longer, "b")).toEqual(await run(directions, "a"));
  });

  it("a constant added to the data changes the result by roundings alone", async () => {
    const folder = temporaryFolder();
    const data = changed(
      writeSamples(folder, "raw.npy", 600, 16),
      "data.npy",
      (value) => Math.round(256 * value) / 256,
    );
    const far = changed(data, "far.npy", (value, _, column) => value + 32 * (1 + (column % 3)));
    const options = ["--latents", "32", "--activation", "relu", "--batch", "64", "--steps", "300"];
    const near = await trained("train", "--data", data, ...options, "--out", join(folder, "near"));
    const moved = await trained("train", "--data", far, ...options, "--out", join(folder, "far"));
    expect((moved.metrics.fvu as number) / (near.metrics.fvu as number)).toBeCloseTo(1, 1);
    expect(moved.metrics.l0 / near.metrics.l0).toBeCloseTo(1, 1);
  });

  it("equal samples have no fvu, and a warning that says so", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "same.npy");
    writeFileSync(
      file,
      writeNpy({ shape: [20, 16], data: Float32Array.from({ length: 320 }, (_, i) => Math.sin(1 + (i % 16))) }),
    );
    const out = join(folder, "run");
    const document = await trained(
      "train",
      "--data",
      file,
      "--latents",
      "32",
      "--k",
      "3",
      "--steps",
      "30",
      "--out",
      out,
    );
    expect(document.metrics).toMatchObject({ fvu: null, explainedVariance: null });
    expect(document.warnings.join()).toContain("fvu is undefined");
    const evaluated = await trained("evaluate", out, "--data", file);
    expect(evaluated.metrics.fvu).toBeNull();
    expect(existsSync(join(out, "report.html"))).toBe(true);
  });
});
