import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { referenceBackend, type SparseRows } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { openModel, withBatchRule } from "../src/index.js";
import { describeCheckpoint, loadCheckpoint } from "../src/node.js";

const shared = process.env.MONOSEMA_SHARED ?? fileURLToPath(new URL("../../../../shared", import.meta.url));
const peers = join(shared, "data/peers");
const reason = existsSync(peers) ? "" : ` (skipped: ${peers} is not there; set MONOSEMA_SHARED)`;

interface Expected {
  readonly x: number[][];
  readonly codes: number[][];
  readonly reconstruction: number[][];
}

/** Float16 weights are exact in the file, so they differ no more than others from float64 arithmetic on them. */
const folders = [
  "standard",
  "standard_float16",
  "standard_constant_norm_rescale",
  "checkpoint_unfolded_scale",
  "topk_rescale_scaled",
  "jumprelu",
  "gated",
  "matching_pursuit",
  "batchtopk_scaled",
  "matryoshka_batchtopk",
  "synthetic_run",
  "transcoder",
  "skip_transcoder",
];

describe.skipIf(reason !== "")(`dictionaries written by SAELens${reason}`, () => {
  it.each(folders)("%s: codes and reconstruction are SAELens' own to 1e-5", async (name) => {
    const folder = join(peers, "saelens", name);
    const expected: Expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
    const { model, warnings } = await loadCheckpoint(folder);
    const backend = referenceBackend();
    const loaded = openModel(backend, model);
    const { codes, reconstruction } = await loaded.run(Float64Array.from(expected.x.flat()), expected.x.length);
    expect(largestDifference(dense(codes, model.spec.nQ), expected.codes.flat())).toBeLessThan(1e-5);
    expect(largestDifference(reconstruction, expected.reconstruction.flat())).toBeLessThan(1e-5);
    expect(warnings).toEqual([]);
    loaded.dispose();
    expect(backend.liveTensors()).toBe(0);
  });

  it("batchtopk_scaled_training: selection over the batch gives SAELens' training codes, and the threshold comes along", async () => {
    const folder = join(peers, "saelens/batchtopk_scaled_training");
    const expected: Expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
    const { model } = await loadCheckpoint(folder);
    expect(model.spec.activation).toEqual({ kind: "batchtopk", k: 5, thresholdRate: 0.1 });
    const { model: inference } = await loadCheckpoint(join(peers, "saelens/batchtopk_scaled"));
    expect(Math.fround(model.threshold as number)).toBe(inference.weights.theta?.[0]);
    const backend = referenceBackend();
    const input = Float64Array.from(expected.x.flat());
    const halves = [input.subarray(0, 3 * 24), input.subarray(3 * 24)];
    const batches = halves.map((part) => ({ input: part, size: part.length / 24 }));
    const loaded = openModel(backend, await withBatchRule(backend, model, batches, 8));
    const { codes, reconstruction } = await loaded.run(input, 8);
    expect(largestDifference(dense(codes, 40), expected.codes.flat())).toBeLessThan(1e-5);
    expect(largestDifference(reconstruction, expected.reconstruction.flat())).toBeLessThan(1e-5);
  });

  it("a description names dimensions, activation, tensors and what was ignored", async () => {
    const description = await describeCheckpoint(join(peers, "saelens/checkpoint_unfolded_scale/cfg.json"));
    expect(description).toMatchObject({
      folder: join(peers, "saelens/checkpoint_unfolded_scale"),
      origin: { layout: "saelens", architecture: "standard", version: "6.54.12", monosema: false },
      variant: "sae",
      dimensions: { nP: 24, nR: 24, nQ: 40 },
      activation: { kind: "relu" },
      biases: { encoder: true, decoder: true, subtractDecoderBias: true },
      ignored: expect.arrayContaining(["cfg.json: l1_coefficient", "sparsity.safetensors"]),
    });
    expect(description.tensors).toContainEqual({ name: "W_enc", dtype: "F32", shape: [24, 40] });
  });
});

function dense({ offsets, latents, values }: SparseRows, nQ: number): Float64Array {
  const result = new Float64Array((offsets.length - 1) * nQ);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let e = offsets[b] as number; e < (offsets[b + 1] as number); e++) {
      result[b * nQ + (latents[e] as number)] = values[e] as number;
    }
  }
  return result;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a, (value, i) => Math.abs(value - (b[i] as number))).reduce((x, y) => Math.max(x, y), 0);
}
