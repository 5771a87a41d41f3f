import { random, referenceBackend } from "@monosema/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type CollectOptions, collectFeatures, type FeatureState, mergeFeatureStates } from "../src/index.js";
import { compressed, drawnCodes, drawnModel, originFrom } from "./support/planted.js";

const backend = referenceBackend();
const latents = 5;

/** Numbers of every size, so that sums would depend on their order if they were rounded. */
function wildCodes(seed: number, rows: number): Float32Array {
  const stream = random(seed, "wild");
  return drawnCodes(seed, rows, latents).map(
    (value) => value * 2 ** (stream.integer(40) - 20) * (1 + stream.uniform()),
  );
}

const shards = fc.record({
  seed: fc.nat(1000),
  lengths: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 6 }),
  perDocument: fc.integer({ min: 1, max: 40 }),
  entries: fc.integer({ min: 1, max: 200 }),
  pairs: fc.integer({ min: 1, max: 400 }),
  order: fc.nat(1000),
});

it("gives the bits of one pass, however rows are divided and states merged", async () => {
  await fc.assert(
    fc.asyncProperty(shards, async ({ seed, lengths, perDocument, order, ...limits }) => {
      const rows = lengths.reduce((sum, length) => sum + length, 0);
      const dense = wildCodes(seed, rows);
      const options: CollectOptions = {
        origin: originFrom({ documents: Array.from({ length: rows }, (_, row) => Math.floor(row / perDocument)) }),
        ...{ strongest: 3, firings: 4, watch: [1, 3], ...limits },
      };
      const collect = async (from: number, to: number): Promise<FeatureState> =>
        await collectFeatures(backend, drawnModel(0, 4, latents), batches(dense, from, to), {
          ...options,
          start: from,
        });
      const whole = await collect(0, rows);
      const states: FeatureState[] = [];
      for (let at = 0, from = 0; at < lengths.length; from += lengths[at++] as number)
        states.push(await collect(from, from + (lengths[at] as number)));
      const stream = random(order, "merge");
      while (states.length > 1) {
        const [first] = states.splice(stream.integer(states.length), 1);
        const at = stream.integer(states.length);
        states[at] = mergeFeatureStates(states[at] as FeatureState, first as FeatureState);
      }
      expect(states[0]).toEqual(whole);
    }),
    { numRuns: 150 },
  );
});

it("samples the rows of the smallest hashes, as many as the limits allow, and all where they fit", async () => {
  const rows = 200;
  const dense = drawnCodes(4, rows, latents, 0.5);
  const all = await collectFeatures(backend, drawnModel(0, 4, latents), batches(dense, 0, rows));
  expect(all.sample.rows).toEqual(Int32Array.from({ length: rows }, (_, row) => row));
  expect(all.sample.codes).toEqual(compressed(dense, latents, 0, rows));
  const some = await collectFeatures(backend, drawnModel(0, 4, latents), batches(dense, 0, rows), { entries: 100 });
  const held = some.sample.rows.length + some.sample.codes.latents.length;
  expect(held).toBeLessThanOrEqual(100);
  expect(held).toBeGreaterThan(100 - 1 - latents);
  expect(some.sample.limit).toBeLessThan(2 ** 32);
  some.sample.rows.forEach((row, i) => {
    const { offsets, latents: own } = some.sample.codes;
    const found = own.subarray(offsets[i], offsets[i + 1]);
    expect(found).toEqual(compressed(dense, latents, row, row + 1).latents);
  });
  // An even sample: rows from both halves of the data.
  const early = some.sample.rows.filter((row) => row < rows / 2).length;
  expect(early).toBeGreaterThan(some.sample.rows.length / 5);
  expect(early).toBeLessThan((4 * some.sample.rows.length) / 5);
});

it("refuses states that do not belong together", async () => {
  const state = async (options: CollectOptions, nQ: number = latents): Promise<FeatureState> =>
    await collectFeatures(backend, drawnModel(0, 4, nQ), [], options);
  const [one, other, wider] = [await state({}), await state({ strongest: 7 }), await state({}, 6)];
  expect(() => mergeFeatureStates(one, other)).toThrow("collected with the same options");
  expect(() => mergeFeatureStates(one, wider)).toThrow("same number of latents");
});

function* batches(dense: Float32Array, from: number, to: number) {
  for (let start = from; start < to; start += 7) {
    const end = Math.min(to, start + 7);
    yield { size: end - start, codes: compressed(dense, latents, start, end) };
  }
}
