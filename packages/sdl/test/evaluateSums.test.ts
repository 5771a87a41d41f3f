import { referenceBackend } from "@monosema/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arrayRows,
  crosslayer,
  type EvaluateSums,
  evaluateModel,
  evaluateSums,
  finishEvaluate,
  type Model,
  type ModelMetrics,
  mergeEvaluateSums,
  sae,
  sequentialBatches,
} from "../src/index.js";
import { exampleModel, samples } from "./checkpointExamples.js";

const backend = referenceBackend();
const model = exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "topk", k: 3 }, biases: true }));
const rows = 97;
/** One column far from zero, so that moments about zero would lose digits. */
const x = samples(rows, 6).map((value, i) => value + (i % 6 === 0 ? 1000 : 0));

/** Sums of rows `start` to `end - 1`, read in batches of a size. */
const sumsOf = (start: number, end: number, size: number): Promise<EvaluateSums> =>
  evaluateSums(backend, model, sequentialBatches(arrayRows(x.subarray(6 * start, 6 * end), 6), size));

describe("evaluateSums", () => {
  it("merges to the same bits whoever summed which shard, and agrees with one pass to 12 digits", async () => {
    const whole = await evaluateModel(backend, model, sequentialBatches(arrayRows(x, 6)));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: rows }), fc.infiniteStream(fc.nat(1000)), async (size, draws) => {
        const starts = Array.from({ length: Math.ceil(rows / size) }, (_, shard) => shard * size);
        const drawn = starts.map((start) => ({ start, order: draws.next().value as number }));
        const run = async (order: readonly number[]): Promise<ModelMetrics> => {
          const found = new Map<number, EvaluateSums>();
          for (const start of order) {
            const batch = 1 + (draws.next().value as number);
            const sums = await sumsOf(start, Math.min(rows, start + size), batch);
            found.set(start, JSON.parse(JSON.stringify(sums)) as EvaluateSums);
          }
          return finishEvaluate(mergeEvaluateSums(starts.map((start) => found.get(start) as EvaluateSums)));
        };
        const inOrder = await run(starts);
        const shuffled = [...drawn].sort((a, b) => a.order - b.order).map(({ start }) => start);
        expect(await run(shuffled)).toEqual(inOrder);
        for (const [name, value] of Object.entries(whole)) {
          const got = inOrder[name as keyof ModelMetrics] as number;
          expect(Math.abs(got - (value as number)), name).toBeLessThanOrEqual(1e-12 * Math.abs(value as number));
        }
      }),
      { numRuns: 25 },
    );
    expect(backend.liveTensors()).toBe(0);
  });

  it("merges the sums of each layer of a cross-layer transcoder", async () => {
    const widths = { sources: [4, 3], targets: [4, 5], latents: [6, 7], nQ: 13 };
    const layered: Model = exampleModel(crosslayer({ ...widths, activation: { kind: "relu" }, biases: true }));
    const [input, target] = [arrayRows(samples(40, 7), 7), arrayRows(samples(40, 9, 3), 9)];
    const part = (start: number, count: number) => ({
      size: count,
      input: input.readRows(start, count) as Float32Array,
      target: target.readRows(start, count) as Float32Array,
    });
    const whole = await evaluateModel(backend, layered, [part(0, 40)]);
    const parts = [
      await evaluateSums(backend, layered, [part(0, 13)]),
      await evaluateSums(backend, layered, [part(13, 27)]),
    ];
    const merged = finishEvaluate(mergeEvaluateSums(parts));
    expect(merged.layerFvu).toHaveLength(2);
    for (const [l, fvu] of (whole.layerFvu ?? []).entries())
      expect(merged.layerFvu?.[l]).toBeCloseTo(fvu as number, 12);
  });

  it("counts parts without samples as nothing, and refuses sums of nothing", async () => {
    const [some, none] = [await sumsOf(3, 20, 8), await sumsOf(5, 5, 8)];
    for (const list of [
      [none, some],
      [some, none],
    ]) {
      expect(mergeEvaluateSums(list)).toEqual(some);
    }
    expect(() => finishEvaluate(mergeEvaluateSums([none, none]))).toThrow("at least one sample, got none");
    expect(() => mergeEvaluateSums([])).toThrow("at least one part of the samples, got none");
  });

  it("refuses sums of dictionaries of other shapes", async () => {
    const other = exampleModel(sae({ nP: 6, nQ: 12, activation: { kind: "relu" } }));
    const sums = await evaluateSums(backend, other, [{ size: rows, input: x }]);
    expect(() => mergeEvaluateSums([sums, { ...sums, latents: 13 }])).toThrow("got shapes [12,6] and [13,6]");
  });
});
