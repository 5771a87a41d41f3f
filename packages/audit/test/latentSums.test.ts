import { nearestRows } from "@monosema/bench";
import { matFrom, nonNegativeLeastSquares, normaliseRows, transpose } from "@monosema/numerics";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { latentSums } from "../src/compare/latentSums.js";

const backend = referenceBackend();
const TAU = 0.9;

function unitRows(count: number, width: number, seed: number): Float64Array {
  const values = Float64Array.from({ length: count * width }, random(seed, "rows").normal);
  normaliseRows(values, width);
  return values;
}

async function sumsOf(rows: Float64Array, others: Float64Array, width: number) {
  const [count, otherCount] = [rows.length / width, others.length / width];
  const near = await nearestRows(backend, { values: rows, count }, { values: others, count: otherCount }, width);
  return latentSums(near, { rows: otherCount, cols: width, data: others }, TAU);
}

describe("latentSums", () => {
  it("lists only what non-negative least squares on the rows themselves confirms", async () => {
    const width = 6;
    const [rows, others] = [unitRows(200, width, 1), unitRows(30, width, 2)];
    const found = await sumsOf(rows, others, width);
    expect(found.length).toBeGreaterThan(20);
    for (const { latent, parts, weights, cosine } of found) {
      expect(parts.length).toBeGreaterThanOrEqual(2);
      expect(parts.length).toBeLessThanOrEqual(4);
      const columns = transpose(matFrom(parts.map((part) => [...others.subarray(part * width, (part + 1) * width)])));
      const { x, residualNorm } = nonNegativeLeastSquares(columns, rows.subarray(latent * width, (latent + 1) * width));
      expect(cosine).toBeGreaterThan(TAU);
      expect(cosine).toBeCloseTo(Math.sqrt(1 - residualNorm ** 2), 9);
      weights.forEach((weight, part) => {
        expect(weight).toBeCloseTo(x[part] as number, 9);
        expect(weight).toBeGreaterThanOrEqual(0.2);
      });
    }
  });

  it("finds planted sums of two to four rows, and not those that a row of their own matches", async () => {
    const width = 64;
    const others = unitRows(100, width, 3);
    const planted = Array.from({ length: 60 }, (_, i) => ({
      parts: Array.from({ length: 2 + (i % 3) }, (_, part) => (7 * i + 13 * part) % 100).sort((a, b) => a - b),
    }));
    const rows = Float64Array.from({ length: 60 * width }, (_, at) =>
      (planted[Math.floor(at / width)]?.parts ?? []).reduce(
        (sum, part) => sum + (others[part * width + (at % width)] as number),
        0,
      ),
    );
    normaliseRows(rows, width);
    const found = await sumsOf(Float64Array.from([...rows, ...others.subarray(0, 5 * width)]), others, width);
    // As few parts as reach .9 are listed: three of four are enough where the fourth is near them.
    expect(found.map(({ latent }) => latent)).toEqual(planted.map((_, latent) => latent));
    for (const { latent, parts } of found) {
      const own = planted[latent]?.parts ?? [];
      expect(parts.filter((part) => !own.includes(part))).toEqual([]);
    }
  });
});
