import { describe, expect, it } from "vitest";
import { rowReservoir, stacked } from "../src/inference/rowReservoir.js";
import type { AuditBatch } from "../src/subject/sampleBatch.js";

/** Samples whose only number is their place, each with itself as its only active latent. */
async function* counted(total: number, size: number): AsyncGenerator<AuditBatch> {
  for (let start = 0; start < total; start += size) {
    const places = Array.from({ length: Math.min(size, total - start) }, (_, b) => start + b);
    yield {
      input: Float32Array.from(places),
      codes: {
        offsets: Int32Array.from([0, ...places.map((_, b) => b + 1)]),
        latents: Int32Array.from(places),
        values: Float32Array.from(places, () => 1),
      },
    };
  }
}

async function drawn(total: number, size: number, most: number, seed: number): Promise<number[]> {
  const reservoir = rowReservoir(Float64Array.of(0.5), most, seed);
  let passed = 0;
  for await (const { input } of reservoir.through(counted(total, size))) passed += input.length;
  expect([passed, reservoir.seen()]).toEqual([total, total]);
  const { targets, codes } = stacked(reservoir.kept());
  expect(Array.from(targets.data, (value) => value + 0.5)).toEqual(Array.from(codes.latents)); // shifted, beside its own code
  return Array.from(codes.latents);
}

describe("rowReservoir", () => {
  it("keeps a short stream whole and in order", async () => {
    expect(await drawn(7, 3, 10, 0)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("draws the same rows for any size of batches, each once", async () => {
    const rows = await drawn(100, 9, 20, 4);
    expect(rows).toEqual(await drawn(100, 100, 20, 4));
    expect(new Set(rows).size).toBe(20);
    expect(rows).not.toEqual(await drawn(100, 9, 20, 5));
  });

  it("draws each row as often as any other", async () => {
    const counts = new Float64Array(10);
    for (let seed = 0; seed < 3000; seed++)
      for (const row of await drawn(10, 4, 3, seed)) counts[row] = (counts[row] as number) + 1;
    for (const count of counts) expect(Math.abs(count - 900)).toBeLessThan(4.5 * Math.sqrt(3000 * 0.3 * 0.7)); // standard errors
  });
});
