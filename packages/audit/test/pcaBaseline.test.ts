import { gram, matFrom, multiply, row, symmetricEigen, transpose } from "@monosema/numerics";
import { arrayRows } from "@monosema/sdl";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { pcaBaseline, principalComponents } from "../src/index.js";

const backend = referenceBackend();

/** Samples far from zero whose variance falls like `decay`^d in a rotated frame. */
function samples(n: number, width: number, decay: number, seed: number): Float32Array {
  const stream = random(seed, "pca");
  const frame = random(1, "frame");
  const mix = Array.from({ length: width * width }, () => frame.normal() / Math.sqrt(width));
  return Float32Array.from(
    Array.from({ length: n }, () => {
      const z = Array.from({ length: width }, (_, d) => stream.normal() * decay ** d);
      return Array.from({ length: width }, (_, d) =>
        z.reduce((sum, value, e) => sum + value * (mix[e * width + d] as number), 5),
      );
    }).flat(),
  );
}

/** Centred rows, and eigenvalues and vectors of their covariance by the full decomposition. */
function full(values: Float32Array, width: number) {
  const n = values.length / width;
  const mean = Array.from({ length: width }, (_, d) => {
    let sum = 0;
    for (let b = 0; b < n; b++) sum += values[b * width + d] as number;
    return sum / n;
  });
  const centred = matFrom(
    Array.from({ length: n }, (_, b) => mean.map((m, d) => (values[b * width + d] as number) - m)),
  );
  const eigen = symmetricEigen(gram(transpose(centred)));
  return { mean, centred, n, ...eigen };
}

describe("principalComponents", () => {
  it.each([
    [300, 20, 0.7, 4],
    [300, 20, 0.97, 7],
    [12, 40, 0.9, 5],
    [200, 12, 0.9, 12],
  ])(
    "of %i samples of %i dimensions with decay %f are those of the full decomposition",
    async (n, width, decay, count) => {
      const values = samples(n, width, decay, 3);
      const oracle = full(values, width);
      const { mean, directions, variances } = await principalComponents(backend, values, width, count);
      expect(directions.rows).toBe(count);
      oracle.mean.forEach((m, d) => void expect(mean[d]).toBeCloseTo(m, 5));
      const captured = (count: number) => oracle.values.slice(0, count).reduce((a, b) => a + b, 0) / n;
      // The iteration stops where a step gains less than 1e-4 of what is left.
      expect(variances.reduce((a, b) => a + b, 0) / captured(count)).toBeCloseTo(1, 3);
      const products = gram(directions);
      for (let i = 0; i < count; i++)
        for (let j = 0; j < count; j++) expect(products.data[i * count + j]).toBeCloseTo(i === j ? 1 : 0, 6);
      const projected = multiply(oracle.centred, directions, { transposeB: true });
      for (let k = 0; k < count; k++) {
        const along = row(transpose(projected), k).reduce((sum, value) => sum + value * value, 0) / n;
        expect((variances[k] as number) / along).toBeCloseTo(1, 4);
        if (k > 0) expect(variances[k]).toBeLessThanOrEqual(variances[k - 1] as number);
      }
    },
  );

  it("leaves nothing on the backend, takes equal samples, and refuses counts beyond the width", async () => {
    const live = backend.liveTensors();
    const equal = await principalComponents(backend, new Float32Array(30).fill(2), 3, 2);
    expect([...equal.variances]).toEqual([0, 0]);
    await expect(principalComponents(backend, new Float32Array(30), 3, 4)).rejects.toThrow(
      /from 1 to the width, 3, got 4/,
    );
    await expect(principalComponents(backend, new Float32Array(0), 3, 2)).rejects.toThrow(/at least one sample/);
    expect(backend.liveTensors()).toBe(live);
  });
});

describe("pcaBaseline", () => {
  it("is the fvu of other samples under the components of the training samples", async () => {
    const [width, count] = [16, 3];
    const [training, measured] = [samples(400, width, 0.8, 1), samples(90, width, 0.8, 2)];
    const { mean, vectors } = full(training, width);
    const other = full(measured, width);
    let [error, variance] = [0, 0];
    for (let b = 0; b < other.n; b++) {
      const x = mean.map((m, d) => (measured[b * width + d] as number) - m);
      variance += row(other.centred, b).reduce((sum, value) => sum + value * value, 0);
      error += x.reduce((sum, value) => sum + value * value, 0);
      for (let k = 0; k < count; k++)
        error -= x.reduce((sum, value, d) => sum + value * (vectors.data[d * width + k] as number), 0) ** 2;
    }
    const live = backend.liveTensors();
    const { components, fvu } = await pcaBaseline(
      backend,
      arrayRows(training, width),
      arrayRows(measured, width),
      count,
    );
    expect(components).toBe(count);
    expect((fvu as number) / (error / variance)).toBeCloseTo(1, 3);
    expect(backend.liveTensors()).toBe(live);
  });

  it("leaves nothing with as many components as dimensions, and is null without variance", async () => {
    const rows = arrayRows(samples(50, 6, 1, 1), 6);
    const whole = await pcaBaseline(backend, rows, rows, 99);
    expect(whole.components).toBe(6);
    expect(whole.fvu).toBeLessThan(1e-6);
    const equal = arrayRows(new Float32Array(60).fill(3), 6);
    expect((await pcaBaseline(backend, rows, equal, 2)).fvu).toBeNull();
    await expect(pcaBaseline(backend, rows, arrayRows(new Float32Array(10), 5), 2)).rejects.toThrow(/got 6 and 5/);
  });
});
