import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { classMeanAnchors, clusterMeanAnchors } from "../src/index.js";

const columns = 6;

/** Samples of classes far from each other, on a large common part. */
function clustered(classes: number, each: number): { readonly input: Float32Array; readonly labels: string[] } {
  const stream = random(3, "clustered");
  const directions = Array.from({ length: classes }, () => Array.from({ length: columns }, stream.normal));
  const labels = Array.from({ length: classes * each }, (_, i) => `c${i % classes}`);
  const input = Float32Array.from({ length: labels.length * columns }, (_, j) => {
    const [i, d] = [Math.floor(j / columns), j % columns];
    return 7 + 2 * (directions[i % classes]?.[d] as number) + 0.2 * stream.normal();
  });
  return { input, labels };
}

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const product = Array.from(a).reduce((sum, value, d) => sum + value * (b[d] as number), 0);
  return product / (Math.hypot(...Array.from(a)) * Math.hypot(...Array.from(b)));
};

const rowsOf = (values: ArrayLike<number>): number[][] =>
  Array.from({ length: values.length / columns }, (_, i) => Array.from(values).slice(i * columns, (i + 1) * columns));

describe("clusterMeanAnchors", () => {
  it("finds the class means of classes that are clusters, without labels", async () => {
    const { input, labels } = clustered(5, 40);
    const means = rowsOf(classMeanAnchors(input, labels).input);
    const found = rowsOf((await clusterMeanAnchors(referenceBackend(), input, columns, { clusters: 15 })).input);
    for (const mean of means) expect(Math.max(...found.map((row) => cosine(row, mean)))).toBeGreaterThan(0.98);
    for (const row of found) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
  });

  it("leaves the clusters of fixed directions to them", async () => {
    const { input, labels } = clustered(4, 30);
    const means = classMeanAnchors(input, labels).input;
    const fixed = means.slice(0, 3 * columns);
    const { input: found } = await clusterMeanAnchors(referenceBackend(), input, columns, { clusters: 1, fixed });
    expect(rowsOf(found)).toHaveLength(1);
    expect(cosine(found, means.slice(3 * columns))).toBeGreaterThan(0.999);
  });

  it("gives no centre twice the same place when there are as many as samples", async () => {
    const { input } = clustered(3, 2);
    const { input: found } = await clusterMeanAnchors(referenceBackend(), input, columns, { clusters: 6 });
    expect(rowsOf(found).every((row) => row.every(Number.isFinite))).toBe(true);
    expect(new Set(rowsOf(found).map(String)).size).toBe(6);
  });

  it("is the same for the same seed", async () => {
    const { input } = clustered(4, 30);
    const [a, b, c] = [1, 1, 2].map((seed) =>
      clusterMeanAnchors(referenceBackend(), input, columns, { clusters: 9, seed }),
    );
    expect((await a)?.input).toEqual((await b)?.input);
    expect((await a)?.input).not.toEqual((await c)?.input);
  });

  it("leaves nothing on the backend, and refuses what cannot be clustered", async () => {
    const backend = referenceBackend();
    const { input } = clustered(3, 4);
    const before = backend.liveTensors();
    await clusterMeanAnchors(backend, input, columns, { clusters: 3 });
    expect(backend.liveTensors()).toBe(before);
    await expect(clusterMeanAnchors(backend, input, columns, { clusters: 13 })).rejects.toThrow(
      /from 1 to the 12 samples, got 13/,
    );
    await expect(clusterMeanAnchors(backend, input, 5, {})).rejects.toThrow(/must have 5 columns, got 72/);
  });
});
