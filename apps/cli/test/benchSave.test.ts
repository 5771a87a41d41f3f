import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readNpy, readSafetensors } from "@monosema/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { document, monosema } from "./support/cli.js";

interface Row {
  readonly method: string;
  readonly anchors: { readonly kind: string; readonly count: number };
  readonly checkpoint: string;
  readonly data: string;
  readonly metrics: { readonly fvu: number; readonly l0: number; readonly found: number };
}

describe("monosema bench --save", { timeout: 120_000 }, () => {
  const out = mkdtempSync(join(tmpdir(), "monosema-cli-"));
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  let rows: readonly Row[];
  const data = join(out, "data", "3");
  const array = (...path: string[]) => readNpy(readFileSync(join(...path)));

  beforeAll(() => {
    const settings = ["samples=1500", "heldOut=700", "batchSize=256"].flatMap((set) => ["--set", set]);
    const methods = ["--methods", "topk,transcoder,crosscoder", "--anchors", "none,frequent"];
    const made = document("bench", ...methods, "--steps", "25", "--seed", "3", "--save", ...settings, "--out", out);
    rows = made.rows as readonly Row[];
    expect(made.conclusion).not.toEqual([]);
  }, 120_000);

  it("names a checkpoint and the data of each row", () => {
    expect(rows.map(({ checkpoint, data: folder }) => [checkpoint, folder])).toEqual(
      ["topk", "transcoder", "crosscoder"].flatMap((method) =>
        ["none", "frequent"].map((kind) => [
          join(out, "checkpoints", `${method}-${kind}-3`),
          method === "topk" ? data : join(data, method),
        ]),
      ),
    );
  });

  it("writes samples that are the written coefficients times the written features", () => {
    const features = array(data, "features.npy");
    const activations = array(data, "activations.npy");
    expect([features.shape, activations.shape, array(data, "heldOut.npy").shape]).toEqual([
      [500, 192],
      [1500, 192],
      [700, 192],
    ]);
    const { tensors, metadata } = readSafetensors(readFileSync(join(data, "coefficients.safetensors")));
    expect(metadata.get("shape")).toBe("[1500,500]");
    const [offsets, latents, values] = ["offsets", "latents", "values"].map((name) => tensors.get(name)?.data) as [
      BigInt64Array,
      Int32Array,
      Float32Array,
    ];
    for (const sample of [0, 7, 1499]) {
      for (let d = 0; d < 192; d += 50) {
        let sum = 0;
        for (let at = Number(offsets[sample]); at < Number(offsets[sample + 1]); at++)
          sum += (values[at] as number) * Number(features.data[(latents[at] as number) * 192 + d]);
        // Features and values are rounded to float32; at most a few of size 1 to 10 are summed.
        expect(Number(activations.data[sample * 192 + d])).toBeCloseTo(sum, 4);
      }
    }
  });

  it("writes parents and measured rates", () => {
    const [parents, rates] = ["parents.json", "rates.json"].map(
      (name) => JSON.parse(readFileSync(join(data, name), "utf8")) as number[],
    ) as [number[], number[]];
    expect(parents.slice(0, 9)).toEqual([-1, -1, -1, -1, -1, 0, 0, 0, 0]);
    expect(rates).toHaveLength(500);
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.15);
  });

  it.each([0, 1, 2, 3, 4, 5])("row %i: evaluate finds the same figures on the saved files", (index) => {
    const row = rows[index] as Row;
    const target = row.method === "transcoder" ? ["--target", join(row.data, "heldOutTargets.npy")] : [];
    const truth = ["--features", join(row.data, "features.npy")];
    const targetTruth = row.method === "transcoder" ? ["--target-features", join(row.data, "targetFeatures.npy")] : [];
    const held = join(row.data, "heldOut.npy");
    const { metrics } = document("evaluate", row.checkpoint, "--data", held, ...target, ...truth, ...targetTruth) as {
      metrics: { fvu: number; l0: number; decoder: { mgt90: number } };
    };
    // The same weights and samples; sums in another order of batches.
    expect(metrics.fvu).toBeCloseTo(row.metrics.fvu, 9);
    expect(metrics.l0).toBeCloseTo(row.metrics.l0, 9);
  });

  it("refuses samples that would fill a disk", () => {
    const { status, stderr } = monosema("bench", "--preset", "synthsae", "--save", "--out", join(out, "large"));
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/--save must have at most \d+ samples of 1536 numbers/),
    ]);
  });
});
