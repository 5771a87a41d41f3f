import { type Mat, matFrom, svd, zeros } from "@monosema/numerics";
import { random, referenceBackend, type SparseRows } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { latentStatistics, trustSample } from "../src/index.js";
import { statisticsOf } from "../src/trust/statisticsOf.js";

/** An element that is there. */
const at = <T>(list: ArrayLike<T>, i: number): T => list[i] as T;

const backend = referenceBackend();
const [Q, R, N] = [9, 6, 120];

/** A dictionary, samples and codes as dense arrays. */
interface Dense {
  readonly encoder: number[][];
  readonly decoder: number[][];
  readonly targets: number[][];
  readonly codes: number[][];
}

function drawn(seed: number): Dense {
  const stream = random(seed, "statistics");
  const normals = (count: number): number[] => Array.from({ length: count }, stream.normal);
  const decoder = Array.from({ length: Q }, () => normals(R));
  const codes = Array.from({ length: N }, () =>
    Array.from({ length: Q }, (_, q) => (stream.uniform() < 0.15 + 0.03 * q ? 0.2 + stream.exponential() : 0)),
  );
  const targets = codes.map((row) =>
    normals(R).map((noise, r) => 0.4 * noise + row.reduce((sum, z, q) => sum + z * at(at(decoder, q), r), 0)),
  );
  return { encoder: decoder.map((row) => row.map((value) => value + 0.3 * stream.normal())), decoder, targets, codes };
}

async function statisticsFor({ encoder, decoder, targets, codes }: Dense) {
  const mat = (rows: number[][]): Mat => matFrom(rows.map((row) => Float64Array.from(row)));
  const sample = await trustSample(backend, {
    encoder: mat(encoder),
    decoder: mat(decoder),
    targets: Float32Array.from(targets.flat()),
    codes: sparse(codes),
  });
  return statisticsOf(sample, 1);
}

function sparse(codes: number[][]): SparseRows {
  const [offsets, latents, values] = [[0], [] as number[], [] as number[]];
  for (const row of codes) {
    row.forEach((value, q) => {
      if (value === 0) return;
      latents.push(q);
      values.push(value);
    });
    offsets.push(latents.length);
  }
  return { offsets: Int32Array.from(offsets), latents: Int32Array.from(latents), values: Float64Array.from(values) };
}

const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
const length = (a: number[]): number => Math.sqrt(dot(a, a));
const mean = (a: number[]): number => a.reduce((sum, value) => sum + value, 0) / a.length;
const times = (a: number[], by: number): number[] => a.map((value) => value * by);
const plus = (a: number[], b: number[]): number[] => a.map((value, i) => value + (b[i] as number));
const sumOf = (rows: number[][]): number[] => rows.reduce(plus, new Array<number>(R).fill(0));
const cosine = (a: number[], b: number[]): number => dot(a, b) / (length(a) * length(b));

/** The statistics as their meanings say them, from dense arrays. */
function oracle({ encoder, decoder, targets, codes }: Dense, q: number): Record<string, number> {
  const unit = decoder.map((row) => times(row, 1 / length(row)));
  const u = unit[q] as number[];
  const sizes = codes.map((row) => row.map((value, j) => value * length(decoder[j] as number[])));
  const residuals = targets.map((x, i) =>
    plus(x, times(sumOf((sizes[i] as number[]).map((z, j) => times(unit[j] as number[], z))), -1)),
  );
  const fired = [...codes.keys()].filter((i) => at(at(codes, i), q) > 0);
  const z = fired.map((i) => (sizes[i] as number[])[q] as number);
  const e = fired.map((i) => residuals[i] as number[]);
  const parts = e.map((row, i) => plus(row, times(u, z[i] as number)));
  const order = [...fired.keys()].sort((a, b) => (z[a] as number) - (z[b] as number));
  const strong = order.slice(Math.floor(0.7 * order.length));
  const weak = order.slice(0, Math.ceil(0.5 * order.length));
  const explained = (which: number[]): number =>
    1 -
    which.reduce((s, i) => s + dot(at(e, i), at(e, i)), 0) /
      which.reduce((s, i) => s + dot(at(parts, i), at(parts, i)), 0);
  const fitted = (which: number[]): number[] => sumOf(which.map((i) => times(at(parts, i), at(z, i))));
  const average = times(sumOf(targets), 1 / N);
  const variance = targets.reduce((s, x) => s + length(plus(x, times(average, -1))) ** 2, 0);
  const projected = targets.map((x) => dot(x, u));
  const spread = projected.map((value) => value - mean(projected));
  const counts = unit.map((_, j) => codes.filter((row) => at(row, j) > 0).length);
  const together = unit.map((_, j) => fired.filter((i) => at(at(codes, i), j) > 0).length);
  const others = [...unit.keys()].filter((j) => j !== q);
  const cosines = others.map((j) => dot(at(unit, j), u)).sort((a, b) => b - a);
  const lengths = e.map(length);
  const [mz, me] = [mean(z), mean(lengths)];
  const near = others.filter((j) => dot(at(unit, j), u) > 0.25);
  return {
    localFit: explained(order),
    strongFit: explained(strong),
    share: mean(fired.map((i, place) => at(z, place) ** 2 / dot(at(targets, i), at(targets, i)))),
    alignment: mean(parts.map((part) => cosine(part, u))),
    gain: Math.log(Math.max(1e-3, dot(at(encoder, q), at(decoder, q)))),
    encoderCosine: cosine(at(encoder, q), at(decoder, q)),
    size: Math.log(mz / Math.sqrt(variance / N) + 1e-6),
    meanShift: cosine(plus(times(sumOf(fired.map((i) => at(targets, i))), 1 / fired.length), times(average, -1)), u),
    strongAndWeak: cosine(fitted(strong), fitted(weak)),
    halves: cosine(fitted([...z.keys()].filter((i) => i % 2 === 0)), fitted([...z.keys()].filter((i) => i % 2 === 1))),
    residualGrowth:
      z.reduce((s, value, i) => s + (value - mz) * (at(lengths, i) - me), 0) /
      Math.sqrt(z.reduce((s, v) => s + (v - mz) ** 2, 0) * lengths.reduce((s, v) => s + (v - me) ** 2, 0)),
    residualSize: Math.log(mean(e.map((row) => dot(row, row))) / mean(residuals.map((row) => dot(row, row)))),
    tails: Math.log(mean(spread.map((v) => v ** 4)) / mean(spread.map((v) => v ** 2)) ** 2),
    rate: Math.log(fired.length / N),
    energy: Math.log(z.reduce((s, v) => s + v * v, 0) / variance),
    variation: Math.sqrt(mean(z.map((v) => (v - mz) ** 2))) / mz,
    nearest: at(cosines, 0),
    crowd: mean(cosines.slice(0, 5)),
    companion: Math.max(
      ...others.map(
        (j) => (at(together, j) - (fired.length * at(counts, j)) / N) / Math.sqrt(fired.length * at(counts, j)),
      ),
    ),
    dependence: Math.max(...others.map((j) => at(together, j))) / fired.length,
    exclusion: Math.log(
      (1 + near.reduce((s, j) => s + at(together, j), 0)) /
        (1 + near.reduce((s, j) => s + (fired.length * at(counts, j)) / N, 0)),
    ),
    residualDirection:
      at(svd(matFrom(e.slice(0, 64).map((row) => Float64Array.from(row)))).s, 0) ** 2 /
      e.slice(0, 64).reduce((s, row) => s + dot(row, row), 0),
  };
}

describe("the statistics of latents", () => {
  it("are what their meanings say", async () => {
    const dense = drawn(1);
    const found = await statisticsFor(dense);
    for (const q of [0, 3, 8]) {
      const wanted = oracle(dense, q);
      for (const [name, value] of Object.entries(wanted)) {
        // Power iterations stop at eight; samples and codes are float32.
        const digits = name === "residualDirection" ? 1 : 4;
        expect(found[name]?.[q], `${name} of ${q}`).toBeCloseTo(value, digits);
      }
    }
  });

  it("do not depend on the units of the data, nor on how a latent's size is split between code and decoder", async () => {
    const dense = drawn(2);
    const found = await statisticsFor(dense);
    const scaled = await statisticsFor({
      ...dense,
      targets: dense.targets.map((row) => times(row, 7)),
      codes: dense.codes.map((row) => row.map((value, q) => (7 * value) / (q + 1))),
      decoder: dense.decoder.map((row, q) => times(row, q + 1)),
      encoder: dense.encoder.map((row, q) => times(row, 1 / (q + 1))),
    });
    for (const { name } of latentStatistics) {
      for (let q = 0; q < Q; q++)
        expect(scaled[name]?.[q], `${name} of ${q}`).toBeCloseTo(found[name]?.[q] as number, 3);
    }
  });

  it("do not depend on the axes", async () => {
    const dense = drawn(3);
    const stream = random(4, "axes");
    const { u } = svd(Object.assign(zeros(R, R), { data: Float64Array.from({ length: R * R }, stream.normal) }));
    const turned = (row: number[]): number[] =>
      row.map((_, i) => row.reduce((sum, value, j) => sum + value * (u.data[i * R + j] as number), 0));
    const found = await statisticsFor(dense);
    const there = await statisticsFor({
      codes: dense.codes,
      encoder: dense.encoder.map(turned),
      decoder: dense.decoder.map(turned),
      targets: dense.targets.map(turned),
    });
    for (const { name } of latentStatistics) {
      for (let q = 0; q < Q; q++)
        expect(there[name]?.[q], `${name} of ${q}`).toBeCloseTo(found[name]?.[q] as number, 3);
    }
  });

  it("leave out codes that are not positive, and latents that never fire", async () => {
    const dense = drawn(5);
    const muted = { ...dense, codes: dense.codes.map((row) => row.map((value, q) => (q === 2 ? -value : value))) };
    const found = await statisticsFor(muted);
    for (const { name } of latentStatistics) expect(found[name]?.[2], name).toBeNaN();
    const absent = await statisticsFor({
      ...dense,
      codes: dense.codes.map((row) => row.map((value, q) => (q === 2 ? 0 : value))),
    });
    for (const { name } of latentStatistics) expect(found[name]?.[5], name).toBeCloseTo(absent[name]?.[5] as number, 6);
  });

  it("have names of their own and reasons in words", () => {
    expect(new Set(latentStatistics.map(({ name }) => name)).size).toBe(latentStatistics.length);
    for (const { words, meaning } of latentStatistics) {
      expect(words.lifts).not.toBe(words.lowers);
      expect(meaning.length).toBeGreaterThan(10);
    }
  });
});
