import { random } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type CoreBatch, coreSums, mergeCoreSums } from "../src/index.js";

const [nQ, nR] = [6, 3];
const mean = Float64Array.of(0.1, -0.2, 0.3);

/** Samples with about a third of the latents active; documents of one to four samples. */
function samples(count: number): CoreBatch {
  const rng = random(3, "samples");
  const numbers = (): Float32Array => Float32Array.from({ length: count * nR }, () => rng.normal());
  const [target, reconstruction] = [numbers(), numbers()];
  const active = Array.from({ length: count }, () =>
    Array.from({ length: nQ }, (_, q) => q).filter(() => rng.bernoulli(0.3)),
  );
  const documents = new Int32Array(count);
  for (let b = 1; b < count; b++) documents[b] = (documents[b - 1] as number) + Number(rng.bernoulli(0.4));
  const latents = Int32Array.from(active.flat());
  return {
    target,
    reconstruction,
    codes: {
      offsets: Int32Array.from([0, ...active.map((_, b) => active.slice(0, b + 1).flat().length)]),
      latents,
      values: Float32Array.from(latents, () => rng.normal()),
    },
    documents,
  };
}

function part({ target, reconstruction, codes, documents }: CoreBatch, start: number, end: number): CoreBatch {
  const [first, last] = [codes.offsets[start] as number, codes.offsets[end] as number];
  return {
    target: target.subarray(start * nR, end * nR),
    reconstruction: reconstruction.subarray(start * nR, end * nR),
    codes: {
      offsets: codes.offsets.subarray(start, end + 1).map((offset) => offset - first),
      latents: codes.latents.subarray(first, last),
      values: codes.values.subarray(first, last),
    },
    documents: (documents as Int32Array).subarray(start, end),
  };
}

describe("sums of a core evaluation", () => {
  it("are the same of all samples at once and of parts, merged in any grouping", () => {
    const all = samples(40);
    const whole = coreSums(nQ, mean, all);
    for (const cuts of [[0, 40], [0, 1, 40], [0, 13, 14, 15, 31, 40], Array.from({ length: 41 }, (_, i) => i)]) {
      const parts = cuts.slice(1).map((end, i) => coreSums(nQ, mean, part(all, cuts[i] as number, end)));
      for (const merged of [
        parts.reduce(mergeCoreSums),
        parts.reduceRight((after, before) => mergeCoreSums(before, after)),
      ]) {
        expect(merged.samples).toBe(40);
        expect(merged.counts).toEqual(whole.counts);
        expect(merged.firings).toEqual(whole.firings);
        expect(merged.prompts).toEqual(whole.prompts);
        for (const [name, value] of Object.entries(merged.sums))
          expect(value, name).toBeCloseTo(whole.sums[name as keyof typeof whole.sums], 9);
      }
    }
  });

  it("count a document once, where it begins in one part and ends in the next", () => {
    const codes = { offsets: Int32Array.of(0, 1), latents: Int32Array.of(2), values: Float32Array.of(1) };
    const row = Float32Array.of(1, 0, 0);
    const one = (document: number) =>
      coreSums(nQ, mean, { target: row, reconstruction: row, codes, documents: Int32Array.of(document) });
    const count = (...documents: number[]) => documents.map(one).reduce(mergeCoreSums).prompts?.count[2];
    expect([count(4, 4), count(4, 5), count(4, 4, 5, 5, 5, 9)]).toEqual([1, 2, 3]);
  });

  it("leave out what a sample does not have: a direction, a distance from the mean", () => {
    const none = { offsets: Int32Array.of(0, 0, 0), latents: new Int32Array(0), values: new Float32Array(0) };
    const zero = Float64Array.of(0, 0, 0);
    const target = Float64Array.of(0, 0, 0, 3, 4, 0);
    const { counts, sums } = coreSums(nQ, zero, {
      target,
      reconstruction: Float32Array.of(1, 0, 0, 3, 4, 0),
      codes: none,
    });
    expect(counts).toEqual({ legacy: 1, cosine: 1 });
    // The norm of a reconstruction of zero is divided by 1, as SAEBench does.
    expect(sums).toMatchObject({ legacy: 1, cosine: 1, ratio: 2, error: 1, inputNorm: 5, outputNorm: 6, active: 0 });
  });
});
