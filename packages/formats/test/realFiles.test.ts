import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openModel } from "@monosema/sdl";
import { loadCheckpoint } from "@monosema/sdl/node";
import { bytesSource, openPt, readNpy, referenceBackend, type TensorReader } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { dictionaryFormats } from "../src/index.js";
import { dense, largestDifference, shared, skipped } from "./support/peers.js";

const data = join(shared, "data/sae");
const read = (name: string) => loadCheckpoint(join(data, name), { formats: dictionaryFormats });

describe.skipIf(skipped !== "")(`dictionaries from public repositories${skipped}`, () => {
  it("rf-topk is the same from .pt and safetensors, and explains its activations as published", async () => {
    const [pt, safetensors] = [await read("rf-topk/sae.pt"), await read("rf-topk/sae.safetensors")];
    expect(pt.model).toEqual(safetensors.model);
    expect(pt.origin).toEqual({ layout: "rf-topk", architecture: "topk", monosema: false });
    const { data: values } = readNpy(readFileSync(join(data, "rf-topk/activations_10dB_f32.npy")));
    const x = values as Float32Array;
    const { codes, reconstruction } = await openModel(referenceBackend(), pt.model).run(x, 1408);
    const f = dense(codes, 128);
    expect(codes.latents.length / 1408).toBe(8);
    expect(varianceExplained(x, reconstruction, 256)).toBeGreaterThan(0.999);
    const alive = new Set(codes.latents).size;
    expect(alive).toBe(47);
    expect(f.every((value) => value >= 0)).toBe(true);
  });

  it("rf-topk computes what its description says, on a sample by hand", async () => {
    const pt = await openPt(bytesSource(readFileSync(join(data, "rf-topk/sae.pt"))));
    const numbers = async (name: string) =>
      (await (pt.tensors.get(name) as TensorReader).readTensor()).data as Float32Array;
    const [wE, bE, bD, mean] = await Promise.all(
      ["encoder.weight", "encoder.bias", "decoder.bias"]
        .map((name) => numbers(`state_dict.${name}`))
        .concat(numbers("mean")),
    );
    const x = Float64Array.from({ length: 256 }, (_, i) => Math.abs(Math.sin(i)) * 2);
    const z = Array.from(bE as Float32Array, (b, i) =>
      x.reduce(
        (sum, value, d) => sum + (value - (mean?.[d] as number) - (bD?.[d] as number)) * (wE?.[i * 256 + d] as number),
        b,
      ),
    );
    const kept = new Set(
      z
        .map((_, i) => i)
        .sort((i, j) => (z[j] as number) - (z[i] as number))
        .slice(0, 8),
    );
    const { model } = await read("rf-topk/sae.pt");
    const codes = dense(await openModel(referenceBackend(), model).encode(x, 1), 128);
    expect(
      largestDifference(
        codes,
        z.map((value, i) => (kept.has(i) ? Math.max(value, 0) : 0)),
      ),
    ).toBeLessThan(1e-4);
  });

  it("residual-verif has SAELens' names the other way round: shapes decide, and what is assumed is said", async () => {
    for (const name of ["sae.pt", "sae.safetensors"]) {
      const { model, warnings } = await read(`residual-verif/${name}`);
      const { nP, nQ, activation, biases } = model.spec;
      expect({ nP, nQ, activation }).toEqual({ nP: 32, nQ: 64, activation: { kind: "relu" } });
      expect(biases.subtractDecoderBias).toBe(true);
      expect(warnings).toEqual([
        "The file holds weights alone. Assumed: an SAE with ReLU, b_dec subtracted from the input.",
      ]);
      const unit = Array.from({ length: nQ }, (_, i) =>
        Math.hypot(...model.weights.decoder.subarray(i * nP, (i + 1) * nP)),
      );
      for (const norm of unit) expect(norm).toBeCloseTo(1, 4); // columns of its decoder have norm 1
    }
  });

  it("a folder of several files asks for one of them, and a model is no dictionary", async () => {
    await expect(read("residual-verif")).rejects.toThrow(/name the folder of a checkpoint, or one file of weights/);
    await expect(read("residual-verif/model.pt")).rejects.toMatchObject({ code: expect.stringMatching(/-format$/) });
    await expect(read("rf-topk/classifier.safetensors")).rejects.toMatchObject({ code: "unknown-format" });
  });
});

function varianceExplained(x: Float32Array, y: Float32Array, width: number): number {
  const mean = Array.from({ length: width }, (_, d) => {
    let sum = 0;
    for (let i = d; i < x.length; i += width) sum += x[i] as number;
    return sum / (x.length / width);
  });
  let [error, variance] = [0, 0];
  x.forEach((value, i) => {
    error += (value - (y[i] as number)) ** 2;
    variance += (value - (mean[i % width] as number)) ** 2;
  });
  return 1 - error / variance;
}
