import type { Backend, Codes, Selection, SelectOptions } from "@monosema/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Layer, layers, preActivations, type Sizes } from "./support/numbers.js";
import { openTier, tiers } from "./support/tiers.js";

const shapes: readonly Sizes[] = [
  { batch: 1, width: 1, latents: 1 },
  { batch: 5, width: 3, latents: 17 },
  { batch: 13, width: 33, latents: 500 },
  { batch: 40, width: 130, latents: 300 },
];

describe.each(tiers)("selection of tier %s", (tier) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openTier(tier, 2);
  });
  afterAll(() => backend.close());

  const select = (layer: Layer, selection: Selection, options: SelectOptions = {}) => {
    const { x, encoder, bias } = layer;
    const tensors = [
      backend.tensor(x.data, [x.rows, x.width]),
      backend.tensor(encoder.data, [encoder.rows, encoder.width]),
      backend.tensor(bias, [bias.length]),
    ] as const;
    const selected = backend.select(tensors[0], tensors[1], selection, { ...options, bias: tensors[2] });
    backend.dispose(...tensors);
    return selected;
  };
  /** Places b Q + i of the stored pairs: `pre` plus 1 keeps pairs whose pre-activation is 0. */
  const placesOf = async (codes: Codes) => {
    const marks = backend.binary("add", backend.unary("step", backend.unary("abs", codes.pre)), 1);
    const { offsets, latents } = await backend.readEntries(marks);
    return placesFrom(offsets, latents, codes.latents);
  };

  describe.each(Object.keys(layers))("%s", (kind) => {
    it.each(shapes)("stores the k largest of each sample, ties to the lower latent: %o", async (sizes) => {
      const layer = (layers[kind] as (typeof layers)[string])(sizes, 3);
      const z = preActivations(layer);
      for (const k of [...new Set([1, 2, 7, 32, sizes.latents])].filter((k) => k <= sizes.latents)) {
        for (const signed of [false, true]) {
          const { codes } = select(layer, { kind: "topK", k, signed });
          const wanted = Array.from({ length: sizes.batch }, (_, b) =>
            largest(z, b * sizes.latents, sizes.latents, k, signed),
          ).flat();
          expect(await placesOf(codes), `k ${k}, signed ${signed}`).toEqual(wanted);
          backend.dispose(codes);
        }
      }
    });

    it.each(shapes)("stores the largest of the batch: %o", async (sizes) => {
      const layer = (layers[kind] as (typeof layers)[string])(sizes, 4);
      const z = preActivations(layer);
      for (const k of [0.5, 1, 2.3].filter((k) => k <= sizes.latents)) {
        const { codes } = select(layer, { kind: "batchTopK", k });
        expect(await placesOf(codes), `k ${k}`).toEqual(largest(z, 0, z.length, Math.floor(k * sizes.batch), false));
        backend.dispose(codes);
      }
    });
  });

  it("selects again where a sample breaks the expectation that earlier samples have raised", async () => {
    const sizes = { batch: 60, width: 20, latents: 200 };
    const first = (layers.random as (typeof layers)[string])(sizes, 1);
    const encoder = backend.tensor(first.encoder.data, [200, 20]);
    const noBias = { ...first, bias: new Float32Array(200) };
    for (const factor of [1, 1, 0.01, 5, 1]) {
      // Every third sample is nearly orthogonal to most latents: its k-th value is far below what its norm suggests.
      const data = noBias.x.data.map((v, n) => (Math.floor(n / 20) % 3 === 0 && n % 20 > 0 ? v * factor : v));
      const x = { ...noBias.x, data };
      const tensor = backend.tensor(data, [60, 20]);
      const { codes } = backend.select(tensor, encoder, { kind: "topK", k: 4 });
      const z = preActivations({ ...noBias, x });
      const wanted = Array.from({ length: 60 }, (_, b) => largest(z, b * 200, 200, 4, false)).flat();
      expect(await placesOf(codes), `factor ${factor}`).toEqual(wanted);
      backend.dispose(codes, tensor);
    }
    backend.dispose(encoder);
  });

  it("stores what is above thresholds at every density, from none to all", async () => {
    const sizes = { batch: 30, width: 40, latents: 700 };
    const layer = (layers.random as (typeof layers)[string])(sizes, 5);
    const z = preActivations(layer);
    for (const theta of [100, 12, 5, 0, -5, -100]) {
      const { codes } = select(layer, { kind: "threshold", theta: theta + 1, margin: 1 });
      const wanted = [...z.keys()].filter((n) => (z[n] as number) > theta);
      expect(await placesOf(codes), `theta ${theta}`).toEqual(wanted);
      backend.dispose(codes);
    }
  });

  it("gives levels by rank and by prefix", async () => {
    const sizes = { batch: 20, width: 30, latents: 120 };
    const layer = (layers.random as (typeof layers)[string])(sizes, 6);
    const z = preActivations(layer);
    const ones = backend.tensor(new Float32Array(120).fill(1), [120, 1]);
    const perLevel = async (codes: Codes) => {
      const one = backend.unary("step", backend.unary("abs", codes.pre));
      const sums = backend.decode(one, ones);
      return Promise.all(sums.map(async (sum) => [...(await backend.read(sum))]));
    };
    const byRank = select(layer, { kind: "topK", k: [2, 5, 9] }).codes;
    expect(await perLevel(byRank)).toEqual([2, 3, 4].map((count) => Array(20).fill(count)));
    const prefixes = [10, 50, 120];
    const byPrefix = select(layer, { kind: "topK", k: 9 }, { prefixes }).codes;
    const wanted = prefixes.map((end, level) =>
      Array.from({ length: 20 }, (_, b) => {
        const start = prefixes[level - 1] ?? 0;
        return largest(z, b * 120, 120, 9, false).filter((n) => n % 120 >= start && n % 120 < end).length;
      }),
    );
    expect(await perLevel(byPrefix)).toEqual(wanted);
  });

  it.each([
    ["x", "NaN"],
    ["encoder", "NaN"],
    ["bias", "NaN"],
    ["x", "Infinity"],
  ] as const)("names the row of a number that is none: %s %s", (where, what) => {
    const layer = (layers.random as (typeof layers)[string])({ batch: 9, width: 6, latents: 40 }, 7);
    const encoder = layer.encoder.data;
    if (what === "Infinity") encoder.fill(0, 3 * 6, 3 * 6 + 6); // Infinity times 0
    const target = where === "bias" ? layer.bias : layer[where].data;
    target[where === "x" ? 4 * 6 + 2 : 2] = Number(what);
    const row = where === "x" ? 4 : 0;
    for (const selection of [
      { kind: "topK", k: 3 },
      { kind: "batchTopK", k: 3 },
      { kind: "threshold", theta: 0 },
    ] as const) {
      expect(() => select(layer, selection)).toThrow(new RegExp(`^select: .*NaN in row ${row};`));
    }
  });
});

function placesFrom(offsets: Int32Array, latents: Int32Array, width: number): number[] {
  const places: number[] = [];
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let n = offsets[b] as number; n < (offsets[b + 1] as number); n++)
      places.push(b * width + (latents[n] as number));
  }
  return places;
}

/** Places of the `count` largest of `length` numbers from `start` on, ascending; only positive ones unless signed. */
function largest(z: Float64Array, start: number, length: number, count: number, signed: boolean): number[] {
  return Array.from({ length }, (_, n) => start + n)
    .sort((p, q) => (z[q] as number) - (z[p] as number) || p - q)
    .slice(0, count)
    .filter((n) => signed || (z[n] as number) > 0)
    .sort((p, q) => p - q);
}
