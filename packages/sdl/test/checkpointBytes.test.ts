import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@monosema/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fromSaelens, type Model, sae, type TrainingState, toSaelens } from "../src/index.js";
import {
  describeCheckpoint,
  loadCheckpoint,
  loadTrainingState,
  saveCheckpoint,
  saveTrainingState,
} from "../src/node.js";
import { exampleModel } from "./checkpointExamples.js";
import { grow } from "./support/grow.js";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "monosema-bytes-"));
});
afterEach(() => rm(root, { recursive: true }));

const model = exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "jumprelu", theta: 0.3, bandwidth: 0.2 } }));
const weightsFile = () => join(root, "sae_weights.safetensors");
const configFile = () => join(root, "cfg.json");

/** The bytes in a Buffer that begins at a place that is no multiple of 4. */
function unaligned(bytes: Uint8Array, shift: number): Buffer {
  const view = Buffer.alloc(bytes.length + 4).subarray(shift, shift + bytes.length);
  view.set(bytes);
  return view;
}

describe("bytes", () => {
  it.each([0, 1, 2, 3])("at the offset %i are read, left alone, and not kept", (shift) => {
    const { weights, config } = toSaelens(model);
    const bytes = unaligned(weights, shift);
    const read: Model = fromSaelens({ weights: bytes, config }).model;
    expect(Buffer.compare(bytes, weights)).toBe(0);
    bytes.fill(0);
    expect(read).toEqual(model);
  });

  it("of a whitening, too", () => {
    const identity = Float32Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const square = (data: Float32Array) => ({ dtype: "F32" as const, shape: [3, 3], data });
    const whitening = writeSafetensors([
      ["mean", { dtype: "F32", shape: [3], data: Float32Array.of(1, 2, 3) }],
      ["matrix", square(identity)],
      ["inverse_matrix", square(identity)],
    ]);
    const plain = exampleModel(sae({ nP: 3, nQ: 5, activation: { kind: "relu" } }));
    const { weights, config } = toSaelens(plain);
    const { metadata: _, ...own } = JSON.parse(config);
    const foreign = JSON.stringify({
      ...own,
      normalize_activations: "covariance_whitening",
      metadata: { sae_lens_version: "6.54.12" },
    });
    const stripped = writeSafetensors(readSafetensors(weights).tensors);
    const read = (activationWhitening: Uint8Array) =>
      fromSaelens({ config: foreign, weights: stripped, activationWhitening });
    const odd = unaligned(whitening, 1);
    expect(read(odd)).toEqual(read(whitening));
    expect(Buffer.compare(odd, whitening)).toBe(0);
  });
});

describe("files beyond 2 GiB", () => {
  const size = 2 ** 31 + 8;

  it("hold a checkpoint that loads and is described", { timeout: 120_000 }, async () => {
    await saveCheckpoint(root, model);
    await grow(weightsFile(), size);
    const { tensors, ignored, dimensions } = await describeCheckpoint(root, { unexpectedTensors: "ignore" });
    expect(dimensions).toEqual({ nP: 6, nR: 6, nQ: 13 });
    expect(tensors).toContainEqual({ name: "unused", dtype: "I8", shape: [size] });
    expect(ignored).toEqual(["tensor unused"]);
  });

  it("hold a training state that a run resumes from", async () => {
    const numbers = Float32Array.from({ length: 78 }, (_, i) => i / 3);
    const adam = { value: numbers, first: numbers, second: numbers };
    const { spec } = model;
    const parameters = new Map([["encoder", adam]]);
    const samplesSince = new Float32Array(13);
    const state: TrainingState = { step: 7, spec, backend: "simd", options: {}, parameters, samplesSince };
    await saveTrainingState(root, state, model);
    await grow(join(root, "states/step-000000007/training_state.safetensors"), size);
    expect((await loadTrainingState(root))?.state).toEqual(state);
  });
});

describe("cfg.json", () => {
  it("is read with a byte-order mark, in UTF-16, and with Python's NaN and infinities", async () => {
    await saveCheckpoint(root, { ...model, metadata: { hook_name: "h" } });
    const text = await readFile(configFile(), "utf8");
    for (const bytes of [`\ufeff${text}`, Buffer.from(`\ufeff${text}`, "utf16le")]) {
      await writeFile(configFile(), bytes);
      expect((await loadCheckpoint(root)).model).toEqual({ ...model, metadata: { hook_name: "h" } });
    }
    const python = text
      .replace('"hook_name": "h"', '"lr_end": NaN, "l1": [Infinity, -Infinity]')
      .replace("{", '{ "mse_loss": NaN,');
    await writeFile(configFile(), python);
    const { model: read, ignored } = await loadCheckpoint(root);
    expect(read.metadata).toEqual({ lr_end: Number.NaN, l1: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] });
    expect(ignored).toEqual(["cfg.json: mse_loss"]);
  });
});

describe("a Git LFS pointer in the place of", () => {
  it.each(["sae_weights.safetensors", "cfg.json"])("%s is named with its path", async (name) => {
    await saveCheckpoint(root, model);
    await writeFile(
      join(root, name),
      `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 1\n`,
    );
    await expect(loadCheckpoint(root)).rejects.toMatchObject({
      code: "lfs-pointer",
      message: expect.stringContaining(join(root, name)),
    });
  });
});
