import { referenceBackend } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openModel, sae, withBatchRule } from "../src/index.js";
import { exampleModel, samples } from "./checkpointExamples.js";

const nP = 6;
const nQ = 13;

describe("withBatchRule", () => {
  it("activates the floor(k N) largest pairs of all samples, however they come in batches", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.2, max: 8, noNaN: true }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 1000 }),
        async (k, sizes, seed) => {
          const total = sizes.reduce((sum, size) => sum + size, 0);
          const x = samples(total, nP, seed);
          const model = exampleModel(sae({ nP, nQ, activation: { kind: "batchtopk", k }, biases: true }), {}, seed);
          const backend = referenceBackend();
          let row = 0;
          const batches = sizes.map((size) => {
            const input = x.subarray(row * nP, (row + size) * nP);
            row += size;
            return { input, size };
          });
          const ruled = await withBatchRule(backend, model, batches, total);
          const { codes } = await openModel(backend, ruled).run(x, total);
          const { encoder, encoderBias, decoderBias } = model.weights;
          const shifted = x.map((value, i) => value - (decoderBias?.[i % nP] as number));
          const selected = backend.select(
            backend.tensor(shifted, [total, nP]),
            backend.tensor(encoder, [nQ, nP]),
            { kind: "batchTopK", k },
            { bias: backend.tensor(encoderBias as Float32Array, [nQ]) },
          );
          const { latents, offsets } = await backend.readEntries(selected.codes.pre);
          expect(codes.latents).toEqual(latents);
          expect(codes.offsets).toEqual(offsets);
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it("refuses another activation, and samples that were counted wrongly", async () => {
    const backend = referenceBackend();
    const relu = exampleModel(sae({ nP, nQ, activation: { kind: "relu" } }));
    await expect(withBatchRule(backend, relu, [], 0)).rejects.toThrow(/must be batchtopk, got relu/);
    const model = exampleModel(sae({ nP, nQ, activation: { kind: "batchtopk", k: 2 } }));
    await expect(withBatchRule(backend, model, [{ input: samples(3, nP), size: 3 }], 4)).rejects.toThrow(
      /must hold 4 samples, got 3/,
    );
  });
});
