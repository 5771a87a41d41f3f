import { arrayRows, openModel } from "@monosema/sdl";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  codesOf,
  collectFeatures,
  type FeatureRecord,
  finishFeatures,
  type TokenView,
  withViews,
} from "../src/index.js";
import { drawnModel, originFrom } from "./support/planted.js";

const backend = referenceBackend();
const [rows, width, nQ] = [300, 6, 12];
const model = drawnModel(8, width, nQ);
const stream = random(8, "rows");
const input = Float32Array.from({ length: rows * width }, () => stream.normal());
const samples = arrayRows(input, width);

/** The features of all rows but some, whose sample holds so many numbers. */
async function featuresOf(
  origin: ReturnType<typeof originFrom> | undefined,
  entries: number,
  leftOut: readonly number[] = [],
) {
  const kept = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => !leftOut.includes(row));
  const taken = Float32Array.from(
    { length: kept.length * width },
    (_, i) => input[(kept[Math.floor(i / width)] as number) * width + (i % width)] as number,
  );
  const options = { ...(origin && { origin }), totalRows: rows };
  const state = await collectFeatures(backend, model, [{ size: kept.length, input: taken, rows: kept }], {
    ...options,
    entries,
  });
  const { features } = await finishFeatures(backend, model, state, options);
  const codes = codesOf(backend, model, state.sample, samples, Int32Array.from(leftOut));
  return { features, codes };
}

const examplesOf = ({ examples, quantiles }: FeatureRecord) => [
  ...examples,
  ...quantiles.flatMap((one) => one.examples),
];

describe("withViews", () => {
  it.each([
    ["sampled codes", 2 ** 20],
    ["codes of rows that the sample leaves out", 40],
  ])("shows tokens in their contexts with the latent's values there, from %s", async (_, entries) => {
    const tokens = Array.from({ length: rows }, (_, row) => row % 50);
    const documents = tokens.map((_, row) => Math.floor(row / 25));
    const leftOut = [33, 34, 120];
    const origin = originFrom({ tokens, documents });
    const vocabulary = new Map(tokens.map((token) => [token, ` t${token}`]));
    const { features, codes } = await featuresOf(origin, entries, leftOut);
    const viewed = await withViews(features, { samples, origin, vocabulary, codes });
    const loaded = openModel(backend, model);
    const all = await loaded.encode(input, rows);
    loaded.dispose();
    const valueAt = (latent: number, row: number): number => {
      for (let e = all.offsets[row] as number; e < (all.offsets[row + 1] as number); e++)
        if (all.latents[e] === latent && !leftOut.includes(row)) return all.values[e] as number;
      return 0;
    };
    let seen = 0;
    for (const feature of viewed) {
      for (const { row, view } of examplesOf(feature)) {
        const { tokens: texts, values, at } = view as TokenView;
        const first = Math.max(25 * Math.floor(row / 25), row - 12);
        const last = Math.min(25 * Math.floor(row / 25) + 24, row + 4);
        const near = Array.from({ length: last - first + 1 }, (_, i) => first + i);
        expect(at).toBe(row - first);
        expect(texts).toEqual(near.map((one) => ` t${one % 50}`));
        near.forEach((one, i) => {
          expect(values[i]).toBeCloseTo(valueAt(feature.latent, one), 6);
        });
        seen += 1;
      }
    }
    expect(seen).toBeGreaterThan(100);
  });

  it("encodes rows that the sample leaves out once, however often they are asked for", async () => {
    const state = await collectFeatures(backend, model, [{ size: rows, input }], { entries: 40 });
    let read = 0;
    const counted = {
      ...samples,
      readRows(start: number, count: number) {
        read++;
        return samples.readRows(start, count);
      },
    };
    const codes = codesOf(backend, model, state.sample, counted, new Int32Array());
    const wanted = Int32Array.from({ length: 50 }, (_, i) => 100 + i);
    const first = await codes(wanted);
    expect(read).toBeGreaterThan(0);
    read = 0;
    const again = await codes(wanted.subarray(10, 30));
    expect(read).toBe(0);
    for (const row of wanted.subarray(10, 30))
      for (let latent = 0; latent < nQ; latent++) expect(again.valueAt(latent, row)).toBe(first.valueAt(latent, row));
  });

  it("shows texts with labels, and the numbers of rows that have none", async () => {
    const { features, codes } = await featuresOf(undefined, 2 ** 20);
    const texts = async (wanted: Int32Array) =>
      Array.from(wanted, (row) => (row % 2 === 0 ? `text ${row}` : undefined));
    const label = (row: number): string | undefined => (row % 3 === 0 ? "third" : undefined);
    for (const feature of await withViews(features, { samples, texts, label, codes })) {
      for (const { row, view } of examplesOf(feature)) {
        const labelled = row % 3 === 0 ? { label: "third" } : {};
        expect(view).toEqual(
          row % 2 === 0
            ? { kind: "text", text: `text ${row}`, ...labelled }
            : { kind: "vector", values: [...input.subarray(row * width, (row + 1) * width)], ...labelled },
        );
      }
    }
  });
});
