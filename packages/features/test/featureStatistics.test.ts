import { arrayRows, openModel } from "@monosema/sdl";
import { random, referenceBackend } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FeatureRecord, featureStatistics } from "../src/index.js";
import { compressed, drawnCodes, drawnModel, originFrom } from "./support/planted.js";

const backend = referenceBackend();

/** Batches of codes of these sizes. */
function* batchesOf(dense: Float32Array, latents: number, rows: number, size: number) {
  for (let start = 0; start < rows; start += size) {
    const end = Math.min(rows, start + size);
    yield { size: end - start, codes: compressed(dense, latents, start, end) };
  }
}

const settings = fc.record({
  seed: fc.nat(1000),
  rows: fc.integer({ min: 1, max: 60 }),
  latents: fc.integer({ min: 2, max: 7 }),
  perDocument: fc.integer({ min: 1, max: 9 }),
  size: fc.integer({ min: 1, max: 20 }),
});

describe("featureStatistics", () => {
  it("gives what a dense computation gives", async () => {
    await fc.assert(
      fc.asyncProperty(settings, async ({ seed, rows, latents, perDocument, size }) => {
        const dense = drawnCodes(seed, rows, latents);
        const documents = Array.from({ length: rows }, (_, row) => Math.floor(row / perDocument));
        const stream = random(seed, "tokens");
        const tokens = documents.map(() => stream.integer(5));
        const { features, alive, sampledRows } = await featureStatistics(
          backend,
          drawnModel(seed, 4, latents),
          batchesOf(dense, latents, rows, size),
          { origin: originFrom({ tokens, documents }), examples: 5, strongest: 40, related: 20 },
        );
        expect(sampledRows).toBe(rows);
        expect(alive).toBe(features.filter(({ count }) => count > 0).length);
        for (const feature of features) {
          const own = Array.from({ length: rows }, (_, row) =>
            Math.abs(dense[row * latents + feature.latent] as number),
          );
          const firing = [...own.keys()].filter((row) => own[row] !== 0);
          const total = firing.reduce((sum, row) => sum + (own[row] as number), 0);
          expect(feature.count).toBe(firing.length);
          expect(feature.rate).toBe(firing.length / rows);
          expect(feature.max).toBe(Math.max(0, ...own));
          expect(feature.mean).toBeCloseTo(firing.length === 0 ? 0 : total / firing.length, 12);
          checkHistogram(
            feature,
            firing.map((row) => own[row] as number),
          );
          expect(feature.examples).toEqual(bestOfDocuments(own, dense, documents, tokens, feature.latent, latents));
          for (const { token, share } of feature.tokens ?? []) {
            const part = firing.reduce((sum, row) => sum + (tokens[row] === token ? (own[row] as number) : 0), 0);
            expect(share).toBeCloseTo(part / total, 12);
          }
          const fires = (latent: number, row: number): boolean => dense[row * latents + latent] !== 0;
          const together = Array.from({ length: latents }, (_, latent) => ({
            latent,
            both: firing.filter((row) => fires(latent, row)).length,
            rate: Array.from({ length: rows }, (_, row) => row).filter((row) => fires(latent, row)).length / rows,
          }))
            .map((one) => ({ ...one, share: one.both / firing.length, lift: one.both / firing.length / one.rate }))
            .filter(
              ({ latent, both, share, lift }) =>
                latent !== feature.latent && both >= 3 && share >= 0.05 && lift > 1 + 1e-12,
            );
          const listed = feature.cofiring.filter(({ lift }) => lift > 1 + 1e-12);
          expect(listed.map(({ latent }) => latent).sort()).toEqual(together.map(({ latent }) => latent).sort());
          for (const { latent, share, lift } of listed) {
            const wanted = together.find((one) => one.latent === latent);
            expect(share).toBeCloseTo(wanted?.share as number, 12);
            expect(lift).toBeCloseTo(wanted?.lift as number, 12);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("draws the examples of a range from that range of the values, one per document", async () => {
    const [rows, latents] = [400, 3];
    const dense = drawnCodes(7, rows, latents, 0.6);
    const documents = Array.from({ length: rows }, (_, row) => Math.floor(row / 4));
    const { features } = await featureStatistics(
      backend,
      drawnModel(7, 4, latents),
      batchesOf(dense, latents, rows, 64),
      {
        origin: originFrom({ documents }),
        firings: rows, // all of them: the ranges are exact
      },
    );
    for (const { latent, quantiles } of features) {
      const values = Array.from({ length: rows }, (_, row) => Math.abs(dense[row * latents + latent] as number))
        .filter((value) => value > 0)
        .sort((a, b) => a - b);
      expect(quantiles.map(({ from, to }) => [from, to].map((one) => Math.round(10 * one)))).toEqual([
        [8, 10],
        [6, 8],
        [4, 6],
        [2, 4],
        [0, 2],
      ]);
      for (const { from, to, examples } of quantiles) {
        expect(examples.length).toBe(4);
        expect(new Set(examples.map(({ document }) => document)).size).toBe(examples.length);
        for (const { row, value } of examples) {
          expect(value).toBe(dense[row * latents + latent]);
          expect(Math.abs(value)).toBeGreaterThanOrEqual(values[Math.floor(from * values.length)] as number);
          expect(Math.abs(value)).toBeLessThanOrEqual(
            values[Math.min(values.length - 1, Math.ceil(to * values.length))] as number,
          );
        }
      }
    }
  });

  it("shows no context twice, and the next best in its place", async () => {
    // Documents of three tokens; latent 0 fires on the middle one. Documents 0, 1 and 3 are the same text.
    const texts = [
      [1, 2, 3],
      [1, 2, 3],
      [4, 2, 3],
      [1, 2, 3],
      [1, 2, 5],
    ];
    const strengths = [5, 9, 7, 8, 6];
    const tokens = texts.flat();
    const documents = texts.flatMap((text, document) => text.map(() => document));
    const dense = new Float32Array(tokens.length * 2);
    strengths.forEach((strength, document) => {
      dense[(3 * document + 1) * 2] = strength;
    });
    const { features } = await featureStatistics(backend, drawnModel(1, 4, 2), batchesOf(dense, 2, tokens.length, 4), {
      origin: originFrom({ tokens, documents }),
    });
    expect(features[0]?.examples.map(({ value }) => value)).toEqual([9, 7, 6]);
    expect(features[1]).toMatchObject({
      count: 0,
      rate: 0,
      max: 0,
      mean: 0,
      examples: [],
      quantiles: [],
      cofiring: [],
    });
  });

  it("encodes rows where no codes are given, and leaves nothing on the backend", async () => {
    const model = drawnModel(3, 6, 10);
    const stream = random(3, "rows");
    const input = Float32Array.from({ length: 20 * 6 }, () => stream.normal());
    const before = backend.liveTensors();
    const { features } = await featureStatistics(backend, model, [
      { size: 12, input: input.subarray(0, 72) },
      { size: 8, input: input.subarray(72) },
    ]);
    expect(backend.liveTensors()).toBe(before);
    const loaded = openModel(backend, model);
    const codes = await loaded.encode(input, 20);
    loaded.dispose();
    expect(features.map(({ count }) => count)).toEqual(
      Array.from({ length: 10 }, (_, latent) => codes.latents.filter((one) => one === latent).length),
    );
    for (const { latent, neighbours } of features) {
      const cosines = Array.from({ length: 10 }, (_, other) => cosine(model.weights.decoder, latent, other, 6));
      const best = [...cosines.keys()]
        .filter((other) => other !== latent && (cosines[other] as number) > 0)
        .sort((a, b) => (cosines[b] as number) - (cosines[a] as number));
      expect(neighbours.map((one) => one.latent)).toEqual(best.slice(0, 8));
      for (const one of neighbours) expect(one.cosine).toBeCloseTo(cosines[one.latent] as number, 6);
    }
  });

  it("tells the class of a latent that knows it, beside the projection on the class mean", async () => {
    // Class a lies along the first axis; latent 0 fires for it alone, latent 1 for everything.
    const rows = 400;
    const stream = random(5, "labels");
    const labels = Array.from({ length: rows }, (_, row) =>
      row % 11 === 0 ? null : row % 4 === 0 ? "a" : row % 4 === 1 ? "b" : "c",
    );
    const input = Float32Array.from({ length: rows * 4 }, (_, i) => {
      const [row, d] = [Math.floor(i / 4), i % 4];
      return 0.1 * stream.normal() + (d === 0 && labels[row] === "a" ? 2 : 0);
    });
    const dense = Float32Array.from({ length: rows * 2 }, (_, i) =>
      i % 2 === 1 ? 1 : labels[Math.floor(i / 2)] === "a" ? 1.5 : 0,
    );
    const { features } = await featureStatistics(backend, drawnModel(5, 4, 2), batchesOf(dense, 2, rows, 50), {
      labels: { labels, samples: arrayRows(input, 4) },
    });
    expect(features[0]?.class).toMatchObject({ name: "a", f1: 1, auroc: 1, control: { auroc: 1 } });
    // The threshold of the projection is the least of one half, which some of the other half may miss.
    expect(features[0]?.class?.control.f1).toBeGreaterThan(0.9);
    expect(features[1]?.class?.auroc).toBe(0.5);
    expect(features[1]?.class?.f1).toBeLessThan(0.75);
  });

  it.each([
    [
      { size: 1, codes: { offsets: Int32Array.of(0, 1), latents: Int32Array.of(9), values: Float32Array.of(1) } },
      "got 1 of latent 9",
    ],
    [
      {
        size: 1,
        codes: { offsets: Int32Array.of(0, 1), latents: Int32Array.of(0), values: Float32Array.of(Number.NaN) },
      },
      "got NaN",
    ],
    [
      { size: 2, codes: { offsets: Int32Array.of(0, 0), latents: new Int32Array(), values: new Float32Array() } },
      "2 rows",
    ],
    [{ size: 1 }, "input or codes"],
    [{ size: 1, rows: Int32Array.of(-1) }, "rows must ascend"],
  ])("refuses %o", async (batch, message) => {
    await expect(featureStatistics(backend, drawnModel(1, 4, 4), [batch])).rejects.toThrow(message);
  });
});

/** The best row of each document, best documents first, of which no two have the same context. */
function bestOfDocuments(
  own: readonly number[],
  dense: Float32Array,
  documents: readonly number[],
  tokens: readonly number[],
  latent: number,
  latents: number,
) {
  const rows = [...own.keys()].filter((row) => own[row] !== 0);
  rows.sort((a, b) => (own[b] as number) - (own[a] as number) || a - b);
  const first = rows.filter((row, i) => rows.findIndex((other) => documents[other] === documents[row]) === i);
  const contextOf = (row: number): string =>
    documents
      .flatMap((document, at) =>
        document === documents[row] && at >= row - 12 && at <= row + 4
          ? [at === row ? `(${tokens[at]})` : `${tokens[at]}`]
          : [],
      )
      .join(" ");
  const distinct = first.filter((row, i) => first.findIndex((other) => contextOf(other) === contextOf(row)) === i);
  return distinct.slice(0, 5).map((row) => ({
    row,
    value: dense[row * latents + latent],
    document: documents[row],
    token: tokens[row],
  }));
}

function checkHistogram({ histogram: { edges, counts } }: FeatureRecord, values: readonly number[]): void {
  if (values.length === 0) {
    expect({ edges, counts }).toEqual({ edges: [], counts: [] });
    return;
  }
  expect(edges.length).toBe(counts.length + 1);
  expect([counts[0], counts.at(-1)].every((count) => (count as number) > 0)).toBe(true);
  counts.forEach((count, bin) => {
    const [low, high] = [edges[bin] as number, edges[bin + 1] as number];
    expect(high / low).toBeCloseTo(Math.SQRT2, 6);
    expect(values.filter((value) => value >= low && value < high).length).toBe(count);
  });
}

function cosine(rows: Float32Array, i: number, j: number, width: number): number {
  const dot = (a: number, b: number): number => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += (rows[a * width + d] as number) * (rows[b * width + d] as number);
    return sum;
  };
  return dot(i, j) / Math.sqrt(dot(i, i) * dot(j, j));
}
