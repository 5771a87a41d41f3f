import { referenceBackend } from "@monosema/tensor";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { arrayRows, type BatchSource, fit, rowBatches, sae, sharedBatches } from "../src/index.js";
import { samples } from "./checkpointExamples.js";

/** A source that counts how often each step is read, and takes its time. */
function counted(source: BatchSource): { source: BatchSource; reads: Map<number, number>; most: () => number } {
  const reads = new Map<number, number>();
  let [running, most] = [0, 0];
  return {
    reads,
    most: () => most,
    source: {
      ...source,
      async batch(step) {
        most = Math.max(most, ++running);
        reads.set(step, (reads.get(step) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 0));
        running -= 1;
        return await source.batch(step);
      },
    },
  };
}

const rows = arrayRows(samples(40, 6), 6);

it("reads each batch once for all runs, whatever their lengths and their pace", async () => {
  const lengths = fc.array(fc.record({ steps: fc.nat(12), pause: fc.nat(3) }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(lengths, async (runs) => {
      const plain = rowBatches(rows, { batchSize: 8, seed: 3 });
      const { source, reads, most } = counted(plain);
      const shared = sharedBatches(source, runs.length);
      await Promise.all(
        runs.map(async ({ steps, pause }, run) => {
          const own = shared[run] as (typeof shared)[number];
          if (steps > 0) await own.batch(1); // as a run looks at the first batch before it begins
          for (let step = 1; step <= steps; step++) {
            expect(await own.batch(step)).toEqual(await plain.batch(step));
            for (let i = 0; i < pause; i++) await Promise.resolve();
          }
          own.end();
        }),
      );
      const longest = Math.max(...runs.map(({ steps }) => steps));
      expect(reads).toEqual(new Map(Array.from({ length: longest }, (_, i) => [i + 1, 1])));
      expect(most()).toBeLessThanOrEqual(1);
    }),
    { numRuns: 60 },
  );
});

it("lets a run be one step ahead of the slowest at most", async () => {
  const [fast, slow] = sharedBatches(rowBatches(rows, { batchSize: 8 }), 2);
  await slow?.batch(1);
  await fast?.batch(2);
  let came = false;
  const third = fast?.batch(3).then(() => {
    came = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(came).toBe(false);
  slow?.end();
  await third;
  expect(came).toBe(true);
});

it("hands a failed read to all runs", async () => {
  const failing: BatchSource = { batchSize: 8, batch: () => Promise.reject(new Error("disk")) };
  const shared = sharedBatches(failing, 2);
  for (const outcome of await Promise.allSettled(shared.map((own) => own.batch(1))))
    expect(outcome).toMatchObject({ status: "rejected", reason: new Error("disk") });
});

it("trains dictionaries side by side to the bits of each alone, also where latents are resampled", async () => {
  const backend = referenceBackend();
  const settings = [2, 3].map((k) => ({
    spec: sae({ nP: 6, nQ: 12, activation: { kind: "topk", k }, biases: true }),
    options: { steps: 8 * k, seed: k, deadWindow: 8, resampling: { every: 5, samples: 24 } },
  }));
  const source = rowBatches(rows, { batchSize: 8, seed: 3 });
  const alone = [];
  for (const { spec, options } of settings) alone.push(await fit(backend, spec, source, options));
  const shared = sharedBatches(source, settings.length);
  const together = await Promise.all(
    settings.map(async ({ spec, options }, run) => {
      const own = shared[run] as (typeof shared)[number];
      return await fit(backend, spec, own, options).finally(own.end);
    }),
  );
  for (const [run, { model }] of alone.entries()) expect(together[run]?.model).toEqual(model);
  expect(backend.liveTensors()).toBe(0);
});
