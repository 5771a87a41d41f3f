import { describe, expect, it } from "vitest";
import { numbersOf, withFixture } from "./support/fixtures.js";

const tokens = Int32Array.from(await numbersOf("tokens.npy"));
const range = Array.from({ length: 35 }, (_, row) => row);

describe("where rows come from", () => {
  it("SAELens' cache: token, context and place in it, across files", async () => {
    await withFixture("saelens", async ({ origin }) => {
      expect(await origin?.tokens?.(0, 35)).toEqual(tokens);
      expect(await origin?.tokens?.(13, 9)).toEqual(tokens.slice(13, 22));
      expect([...((await origin?.documents?.(0, 35)) ?? [])]).toEqual(range.map((row) => Math.floor(row / 5)));
      expect([...((await origin?.positions?.(4, 9)) ?? [])]).toEqual([4, 0, 1, 2, 3, 4, 0, 1, 2]);
    });
  });

  it("contexts of several lengths, an empty one among them", async () => {
    await withFixture("contexts.arrow", async ({ origin }) => {
      const lengths = [3, 0, 9, 8, 15];
      const places = lengths.flatMap((length, document) =>
        Array.from({ length }, (_, position) => [document, position] as const),
      );
      expect([...((await origin?.documents?.(0, 35)) ?? [])]).toEqual(places.map(([document]) => document));
      expect([...((await origin?.positions?.(2, 30)) ?? [])]).toEqual(places.slice(2, 32).map(([, place]) => place));
      expect(origin?.tokens).toBeUndefined();
    });
  });

  it("a column of tokens beside one of lists", async () => {
    await withFixture("list.arrow", async ({ origin }) => {
      expect(await origin?.tokens?.(7, 20)).toEqual(tokens.slice(7, 27));
      expect(origin?.documents).toBeUndefined();
    });
  });

  it("activault: token, sequence and place in it, across files", async () => {
    await withFixture("activault", async ({ origin }) => {
      expect(await origin?.tokens?.(0, 35)).toEqual(tokens);
      expect(await origin?.tokens?.(12, 11)).toEqual(tokens.slice(12, 23));
      expect([...((await origin?.documents?.(13, 4)) ?? [])]).toEqual([2, 2, 3, 3]);
      expect([...((await origin?.positions?.(13, 4)) ?? [])]).toEqual([3, 4, 0, 1]);
    });
  });

  it.each(["list-snappy.parquet", "contexts.parquet"])("%s: the column of tokens", async (name) => {
    await withFixture(name, async ({ origin }) => {
      expect(await origin?.tokens?.(0, 35)).toEqual(tokens);
      expect(await origin?.tokens?.(8, 15)).toEqual(tokens.slice(8, 23));
      await expect(origin?.tokens?.(30, 6)).rejects.toThrow(RangeError);
    });
  });

  it("saev: example and token", async () => {
    await withFixture("saev", async ({ origin }) => {
      expect([...((await origin?.documents?.(4, 3)) ?? [])]).toEqual([0, 1, 1]);
      expect([...((await origin?.positions?.(4, 3)) ?? [])]).toEqual([4, 0, 1]);
    });
  });
});
