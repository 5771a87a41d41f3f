import type { Backend } from "@monosema/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layerKinds, layers, type Sizes } from "./support/numbers.js";
import { expectPlaces, placesOf, preActivations, ranked, rowsOf, selectFrom } from "./support/selections.js";
import { openTier, tiers } from "./support/tiers.js";

const shapes: readonly Sizes[] = [
  { batch: 1, width: 1, latents: 1 },
  { batch: 5, width: 3, latents: 17 },
  { batch: 13, width: 33, latents: 500 },
  { batch: 40, width: 130, latents: 300 },
];

/** Sets and ties are those of float64 numbers. */
describe.each(tiers)("selection of tier %s", (tier) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openTier(tier, 2);
  });
  afterAll(() => backend.close());

  describe.each(layerKinds)("%s", (kind) => {
    it.each(shapes)("stores the k largest of each sample, ties to the lower latent: %o", async (sizes) => {
      const { batch, latents } = sizes;
      const layer = layers[kind](sizes, 3);
      const z = preActivations(layer);
      for (const signed of [false, true]) {
        const rows = rowsOf(batch, latents).map((row) => ranked(z, row, signed));
        for (const k of upTo(latents, [1, 2, 7, 32, latents])) {
          const { codes } = selectFrom(backend, layer, { kind: "topK", k, signed });
          const wanted = rows.flatMap((row) => first(row, k));
          await expectPlaces(backend, codes, wanted, `k ${k}, signed ${signed}`);
          backend.dispose(codes);
        }
      }
    });

    it.each(shapes)("stores the largest of each group of latents, ties to the lower latent: %o", async (sizes) => {
      const { batch, latents } = sizes;
      const layer = layers[kind](sizes, 7);
      const z = preActivations(layer);
      for (const groups of divisorsOf(latents)) {
        const { codes } = selectFrom(backend, layer, { kind: "groupMax", groups });
        const wanted = rowsOf(batch * groups, latents / groups).flatMap((group) => first(ranked(z, group), 1));
        await expectPlaces(backend, codes, wanted, `${groups} groups`);
        backend.dispose(codes);
      }
    });

    it.each(shapes)("stores the largest of the batch, ties to the lower place: %o", async (sizes) => {
      const { batch, latents } = sizes;
      const layer = layers[kind](sizes, 4);
      const z = preActivations(layer);
      const all = ranked(z, { start: 0, length: z.length });
      for (const k of upTo(latents, [0.5, 1, 2.3, latents / 3, latents])) {
        const { codes, smallest } = selectFrom(backend, layer, { kind: "batchTopK", k });
        await expectPlaces(backend, codes, first(all, Math.floor(k * batch)), `k ${k}`);
        backend.dispose(codes, ...(smallest ? [smallest] : []));
      }
    });

    it.each(shapes)("stores the k largest of each sample among the marked latents: %o", async (sizes) => {
      const { batch, latents } = sizes;
      const layer = layers[kind](sizes, 5);
      const z = preActivations(layer);
      const marks = Float32Array.from({ length: latents }, (_, i) => Number(i % 3 !== 1));
      const among = backend.tensor(marks, [latents]);
      const rows = rowsOf(batch, latents).map((row) => ranked(z, row).filter((n) => marks[n % latents] === 1));
      for (const k of upTo(latents, [1, 2, 7, 32, latents])) {
        const one = { kind: "topK", k: 1 } as const;
        const { codes, auxiliary } = selectFrom(backend, layer, one, { auxiliary: { among, k } });
        if (auxiliary === undefined) throw new Error("no auxiliary codes");
        const wanted = rows.flatMap((row) => first(row, k));
        await expectPlaces(backend, auxiliary, wanted, `k ${k}`);
        backend.dispose(codes, auxiliary);
      }
      backend.dispose(among);
    });
  });

  it("finds groups of latents that begin in one block of columns and end in another", async () => {
    const layer = layers.random({ batch: 14, width: 2000, latents: 450 }, 8);
    const z = preActivations(layer);
    for (const groups of [1, 2, 3, 6, 18]) {
      const { codes } = selectFrom(backend, layer, { kind: "groupMax", groups });
      const wanted = rowsOf(14 * groups, 450 / groups).flatMap((group) => first(ranked(z, group), 1));
      await expectPlaces(backend, codes, wanted, `${groups} groups`);
      backend.dispose(codes);
    }
  });

  it.each([
    { kind: "topK", k: 9 },
    { kind: "batchTopK", k: 9 },
    { kind: "groupMax", groups: 10 },
  ] as const)("rounds the float64 value of each pair once ($kind)", async (selection) => {
    const layer = layers.random({ batch: 40, width: 130, latents: 300 }, 6);
    const z = preActivations(layer);
    const { codes } = selectFrom(backend, layer, selection);
    const { values } = await backend.readEntries(codes.pre);
    expect([...values]).toEqual((await placesOf(backend, codes)).map((n) => Math.fround(z[n] as number)));
    backend.dispose(codes);
  });
});

const first = (places: readonly number[], count: number): number[] => places.slice(0, count).sort((p, q) => p - q);

const divisorsOf = (latents: number): readonly number[] =>
  Array.from({ length: latents }, (_, n) => n + 1).filter((n) => latents % n === 0);

const upTo = (latents: number, ks: readonly number[]): readonly number[] =>
  [...new Set(ks)].filter((k) => k <= latents);
