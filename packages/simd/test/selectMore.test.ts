import type { Backend, Codes, Selection } from "@monosema/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Layer, layers, normal } from "./support/numbers.js";
import { largest, placesOf, preActivations, ranked, rowsOf, selectFrom } from "./support/selections.js";
import { openTier, tiers } from "./support/tiers.js";

describe.each(tiers)("selection of tier %s", (tier) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openTier(tier, 2);
  });
  afterAll(() => backend.close());

  it("selects again where a sample breaks the expectation that earlier samples have raised", async () => {
    const first = layers.random({ batch: 60, width: 20, latents: 200 }, 1);
    const encoder = backend.tensor(first.encoder.data, [200, 20]);
    const noBias = { ...first, bias: new Float32Array(200) };
    for (const factor of [1, 1, 0.01, 5, 0, 1]) {
      // Every third sample is nearly orthogonal to most latents: its k-th value is far below what its norm suggests.
      const data = noBias.x.data.map((v, n) => (Math.floor(n / 20) % 3 === 0 && n % 20 > 0 ? v * factor : v));
      const layer = { ...noBias, x: { ...noBias.x, data } };
      const z = preActivations(layer);
      const x = backend.tensor(data, [60, 20]);
      const perRow = rowsOf(60, 200).flatMap((row) => largest(z, row, 4));
      const ofAll = largest(z, { start: 0, length: z.length }, 270);
      const ofGroups = rowsOf(60 * 4, 50).flatMap((group) => largest(z, group, 1));
      for (const [selection, wanted] of [
        [{ kind: "topK", k: 4 }, perRow],
        [{ kind: "topK", k: [2, 4] }, perRow],
        [{ kind: "batchTopK", k: 4.5 }, ofAll],
        [{ kind: "groupMax", groups: 4 }, ofGroups],
        [{ kind: "groupMax", groups: 4 }, ofGroups],
      ] as const) {
        const { codes } = backend.select(x, encoder, selection);
        expect(await placesOf(backend, codes), `factor ${factor}, ${selection.kind}`).toEqual(wanted);
        backend.dispose(codes);
      }
      backend.dispose(x);
    }
    backend.dispose(encoder);
  });

  describe("by thresholds", () => {
    const layer = layers.random({ batch: 30, width: 40, latents: 700 }, 5);
    const z = preActivations(layer);
    // A float32 sum of 40 products is off by about 40 * 6e-8 of the norms, here below 1e-4.
    const expectAbove = async (codes: Codes, bar: (n: number) => number) => {
      const found = new Set(await placesOf(backend, codes));
      const wrong = [...z.keys()].filter((n) => {
        const excess = (z[n] as number) - bar(n);
        return Math.abs(excess) > 1e-4 && found.has(n) !== excess > 0;
      });
      expect(wrong).toEqual([]);
      return found.size / z.length;
    };

    it.each([
      [100, 0],
      [15, 0.01],
      [10, 0.05],
      [3, 0.3],
      [0, 0.5],
      [-5, 0.8],
      [-100, 1],
    ])("of %f at a density near %f", async (theta, density) => {
      const { codes } = selectFrom(backend, layer, { kind: "threshold", theta: theta + 1, margin: 1 });
      expect(await expectAbove(codes, () => theta)).toBeCloseTo(density, 1);
      backend.dispose(codes);
    });

    it("of its own for each latent, and infinite ones", async () => {
      const theta = normal(700, 8).map((v, i) => (i % 10 === 0 ? Number.POSITIVE_INFINITY : 6 * v));
      const tensor = backend.tensor(theta, [700]);
      const { codes } = selectFrom(backend, layer, { kind: "threshold", theta: tensor, margin: 0.5 });
      await expectAbove(codes, (n) => (theta[n % 700] as number) - 0.5);
      backend.dispose(codes, tensor);
    });
  });

  describe("levels", () => {
    const layer = layers.random({ batch: 20, width: 30, latents: 120 }, 6);
    const z = preActivations(layer);
    const all = [{ start: 0, length: z.length }];
    /** Level of each place, -1 where it is not stored. */
    const levelsOf = async (codes: Codes) => {
      const ones = backend.tensor(new Float32Array(120).fill(1), [120, 1]);
      const numbers = Array.from({ length: codes.levels }, (_, l) =>
        backend.tensor(new Float32Array(20).fill(l + 1), [20, 1]),
      );
      const { values } = await backend.readEntries(backend.dot(codes, numbers, ones));
      const levels = new Array<number>(z.length).fill(-1);
      for (const [n, place] of (await placesOf(backend, codes)).entries()) levels[place] = (values[n] as number) - 1;
      backend.dispose(ones, ...numbers);
      return levels;
    };
    const wantedLevels = (places: readonly (readonly number[])[], level: (place: number, rank: number) => number) => {
      const levels = new Array<number>(z.length).fill(-1);
      for (const group of places) for (const [rank, n] of group.entries()) levels[n] = level(n, rank);
      return levels;
    };

    it.each([
      { kind: "topK", k: [2, 5, 9] },
      { kind: "batchTopK", k: [0.5, 3.3, 8] },
    ] as const)("by rank: %o", async (selection: Selection & { readonly k: readonly [number, number, number] }) => {
      const { codes, smallest } = selectFrom(backend, layer, selection);
      const batch = selection.kind === "batchTopK";
      const ends = selection.k.map((k) => (batch ? Math.floor(20 * k) : k));
      const places = (batch ? all : rowsOf(20, 120)).map((span) => ranked(z, span).slice(0, ends[2]));
      expect(await levelsOf(codes)).toEqual(wantedLevels(places, (_, rank) => ends.findIndex((end) => rank < end)));
      backend.dispose(codes, ...(smallest ? [smallest] : []));
    });

    it("by prefix", async () => {
      const prefixes = [10, 50, 120];
      const { codes } = selectFrom(backend, layer, { kind: "topK", k: 9 }, { prefixes });
      const places = rowsOf(20, 120).map((row) => largest(z, row, 9));
      expect(await levelsOf(codes)).toEqual(wantedLevels(places, (n) => prefixes.findIndex((end) => n % 120 < end)));
      backend.dispose(codes);
    });
  });

  it.each([
    ["x", "NaN"],
    ["encoder", "NaN"],
    ["bias", "NaN"],
    ["x", "Infinity"],
  ] as const)("names the row of a number that is none: %s %s", (where, what) => {
    const layer: Layer = layers.random({ batch: 9, width: 6, latents: 40 }, 7);
    if (what === "Infinity") layer.encoder.data.fill(0, 3 * 6, 3 * 6 + 6); // Infinity times 0
    const target = where === "bias" ? layer.bias : layer[where].data;
    target[where === "x" ? 4 * 6 + 2 : 2] = Number(what);
    const row = where === "x" ? 4 : 0;
    for (const selection of [
      { kind: "topK", k: 3 },
      { kind: "batchTopK", k: 3 },
      { kind: "groupMax", groups: 4 },
      { kind: "threshold", theta: 0 },
    ] as const) {
      expect(() => selectFrom(backend, layer, selection)).toThrow(new RegExp(`^select: .*NaN in row ${row};`));
    }
  });

  it("selects by infinite pre-activations as by any others", async () => {
    const layer: Layer = layers.random({ batch: 9, width: 6, latents: 40 }, 8);
    layer.bias[7] = Number.POSITIVE_INFINITY;
    layer.bias[8] = Number.NEGATIVE_INFINITY;
    const z = preActivations(layer);
    const { codes } = selectFrom(backend, layer, { kind: "topK", k: 39, signed: true });
    expect(await placesOf(backend, codes)).toEqual(rowsOf(9, 40).flatMap((row) => largest(z, row, 39, true)));
    const groups = selectFrom(backend, layer, { kind: "groupMax", groups: 4 }).codes;
    expect(await placesOf(backend, groups)).toEqual(rowsOf(36, 10).flatMap((group) => largest(z, group, 1)));
    backend.dispose(codes, groups);
  });
});
