import { random } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  columnMeans,
  crosscoder,
  geometricMedian,
  type Initialisation,
  initialWeights,
  sae,
  transcoder,
} from "../src/index.js";

const activation = { kind: "relu" } as const;
const nQ = 200;
const stream = random(5, "samples");
const normals = (count: number): Float32Array => Float32Array.from({ length: count }, () => stream.normal());
const batch = { size: 32, input: normals(32 * 9), target: normals(32 * 4) };
const own = { size: 32, input: batch.input };
const plain = sae({ nP: 9, nQ, activation });
const tied = sae({ nP: 9, nQ, activation, tied: true });
const translates = transcoder({ nP: 9, nR: 4, nQ, activation });

const norms = (rows: Float32Array, width: number): number[] =>
  Array.from({ length: rows.length / width }, (_, i) => Math.hypot(...rows.subarray(i * width, (i + 1) * width)));
const largest = (rows: Float32Array): number => rows.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
const variance = (rows: Float32Array): number => rows.reduce((a, v) => a + v * v, 0) / rows.length;

describe("initialWeights", () => {
  it.each([
    ["kaiming", 1 / Math.sqrt(9), 1 / Math.sqrt(nQ)],
    ["xavier", Math.sqrt(6 / (nQ + 9)), Math.sqrt(6 / (nQ + 4))],
  ] as const)("%s fills the whole range up to +-%f and +-%f uniformly", (kind, encoderBound, decoderBound) => {
    const { encoder, decoder } = initialWeights(translates, 1, { kind }, batch);
    for (const [rows, bound] of [
      [encoder, encoderBound],
      [decoder, decoderBound],
    ] as const) {
      expect(largest(rows)).toBeLessThanOrEqual(bound);
      expect(largest(rows)).toBeGreaterThan(0.98 * bound);
      // A uniform variable has variance bound^2 / 3; 800 to 1800 numbers: standard error below 3.2 %.
      expect(variance(rows) / (bound * bound) - 1 / 3).toBeLessThan(0.04);
      expect(variance(rows) / (bound * bound) - 1 / 3).toBeGreaterThan(-0.04);
    }
  });

  it("kaiming is the default", () => {
    expect(initialWeights(plain, 1, {}, own)).toEqual(initialWeights(plain, 1, { kind: "kaiming" }, own));
  });

  it("tied starts both sides of an SAE at the same rows of the given norm", () => {
    const { encoder, decoder } = initialWeights(plain, 1, { kind: "tied", scale: 0.3 }, own);
    expect(decoder).toEqual(encoder);
    expect(decoder).not.toBe(encoder);
    for (const norm of norms(encoder, 9)) expect(norm).toBeCloseTo(0.3, 6);
  });

  it("tied in a transcoder, and unit everywhere, are independent unit rows", () => {
    for (const [spec, kind, data, width] of [
      [translates, "tied", batch, 4],
      [plain, "unit", own, 9],
      [crosscoder({ sources: [5, 4], nQ, activation }), "unit", own, 9],
    ] as const) {
      const { encoder, decoder } = initialWeights(spec, 1, { kind }, data);
      for (const norm of [...norms(encoder, 9), ...norms(decoder, width)]) expect(norm).toBeCloseTo(1, 6);
      expect(decoder.slice(0, 4)).not.toEqual(encoder.slice(0, 4));
    }
  });

  it.each<Initialisation["kind"]>(["kaiming", "xavier", "tied", "unit", "data"])(
    "tied weights are one array from %s",
    (kind) => {
      const { encoder, decoder } = initialWeights(tied, 1, kind ? { kind } : {}, own);
      expect(decoder).toBe(encoder);
    },
  );

  it.each<Initialisation["kind"]>(["kaiming", "xavier", "tied", "unit", "data"])(
    "%s repeats with its seed and changes with another",
    (kind) => {
      const init = kind ? { kind } : {};
      const first = initialWeights(translates, 3, init, batch);
      expect(initialWeights(translates, 3, init, batch)).toEqual(first);
      const other = initialWeights(translates, 4, init, batch);
      expect(other.encoder).not.toEqual(first.encoder);
      expect(other.decoder).not.toEqual(first.decoder);
    },
  );

  it("data takes normalised input and target of the same samples, never a zero sample", () => {
    const some = { size: 3, input: Float32Array.of(0, 0, 3, 4, 0, 2), target: Float32Array.of(1, 1, 5, 0, 0, 6) };
    const { encoder, decoder } = initialWeights(
      transcoder({ nP: 2, nR: 2, nQ, activation }),
      1,
      { kind: "data" },
      some,
    );
    const pairs = new Set(
      Array.from({ length: nQ }, (_, i) =>
        [...encoder.subarray(2 * i, 2 * i + 2), ...decoder.subarray(2 * i, 2 * i + 2)]
          .map((v) => v.toFixed(3))
          .join(" "),
      ),
    );
    expect([...pairs].sort()).toEqual(["0.000 1.000 0.000 1.000", "0.600 0.800 1.000 0.000"]);
  });

  it("data refuses a batch of zeros", () => {
    expect(() => initialWeights(plain, 1, { kind: "data" }, { size: 2, input: new Float32Array(18) })).toThrow(
      "initialWeights: `data` needs a sample that is not zero, got 2 zero samples; use kaiming",
    );
  });

  it.each<Initialisation["kind"]>(["kaiming", "xavier", "data"])(
    "a unit-norm decoder starts with unit rows from %s",
    (kind) => {
      const { decoder } = initialWeights({ ...plain, unitNormDecoder: true }, 1, kind ? { kind } : {}, own);
      for (const norm of norms(decoder, 9)) expect(norm).toBeCloseTo(1, 6);
    },
  );

  it("biases start at 0, thresholds at theta, b_dec also at the mean or the median of the targets", () => {
    const spec = transcoder({
      nP: 9,
      nR: 4,
      nQ,
      activation: { kind: "jumprelu", theta: 0.25, bandwidth: 0.1 },
      biases: true,
    });
    const zero = initialWeights(spec, 1, {}, batch);
    expect(zero.encoderBias?.every((v) => v === 0)).toBe(true);
    expect(zero.decoderBias).toEqual(new Float32Array(4));
    expect(zero.theta).toEqual(new Float32Array(nQ).fill(0.25));
    const start = (decoderBias: "mean" | "median", mean?: Float32Array) =>
      initialWeights(spec, 1, { decoderBias }, batch, mean).decoderBias;
    expect(start("mean")).toEqual(Float32Array.from(columnMeans(batch.target, 4)));
    expect(start("mean", Float32Array.of(1, 2, 3, 4))).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(start("median")).toEqual(Float32Array.from(geometricMedian(batch.target, 4)));
  });
});

describe("geometricMedian", () => {
  it("is the middle point on a line, whatever the outlier", () => {
    const median = geometricMedian(Float32Array.of(0, 0, 1, 1, 50, 50), 2, 2000);
    expect([...median].every((v) => Math.abs(v - 1) < 1e-3)).toBe(true);
  });

  it("is the point held by half of the samples, finite though the guess meets it", () => {
    // 3 of 5 samples at (2, 2), where the mean is too: the first guess equals data points.
    const median = geometricMedian(Float32Array.of(2, 2, 2, 2, 2, 2, 0, 0, 4, 4), 2);
    expect([...median]).toEqual([expect.closeTo(2, 9), expect.closeTo(2, 9)]);
  });

  it("of equal samples is that sample", () => {
    expect([...geometricMedian(Float32Array.of(1, -3, 1, -3), 2)]).toEqual([1, -3]);
  });

  it("minimises the sum of distances", () => {
    const points = normals(15 * 2);
    const total = (x: number, y: number): number =>
      Array.from({ length: 15 }, (_, i) =>
        Math.hypot((points[2 * i] as number) - x, (points[2 * i + 1] as number) - y),
      ).reduce((a, b) => a + b, 0);
    const [x, y] = geometricMedian(points, 2) as unknown as [number, number];
    for (const [dx, dy] of [
      [0.01, 0],
      [-0.01, 0],
      [0, 0.01],
      [0, -0.01],
    ] as const) {
      expect(total(x + dx, y + dy)).toBeGreaterThan(total(x, y));
    }
  });
});
