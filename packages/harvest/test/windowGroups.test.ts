import fc from "fast-check";
import { expect, it } from "vitest";
import type { HarvestDocument } from "../src/source/harvestDocument.js";
import { textSource } from "../src/source/textSource.js";
import { type WindowGroup, type WindowOptions, windowGroups } from "../src/source/windowGroups.js";
import { toyModel } from "./support/toyModel.js";

const lengths = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 });
const documentsOf = (sizes: readonly number[]): HarvestDocument[] =>
  sizes.map((size, id) => ({ id, content: Int32Array.from({ length: size }, (_, t) => 100 * id + t) }));

async function groupsOf(
  sizes: readonly number[],
  options: Omit<WindowOptions, "encode" | "from"> & Partial<Pick<WindowOptions, "from">>,
): Promise<WindowGroup[]> {
  const all: WindowGroup[] = [];
  const documents = async function* () {
    yield* documentsOf(sizes);
  };
  for await (const group of windowGroups(documents(), {
    from: { document: 0, position: 0 },
    ...options,
    encode: ({ content }) => content as Int32Array,
  })) {
    all.push(group);
  }
  return all;
}

it("every token of every document stands in one window, in order, and each document begins once", async () => {
  await fc.assert(
    fc.asyncProperty(
      lengths,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 4 }),
      async (sizes, length, batch) => {
        const groups = await groupsOf(sizes, { length, batch });
        const windows = groups.flatMap(({ windows }) => windows);
        expect(windows.flatMap(({ ids }) => [...ids])).toEqual(
          documentsOf(sizes).flatMap(({ content }) => [...(content as Int32Array)]),
        );
        for (const { ids, document, position } of windows) expect(ids[0]).toBe(100 * document + position);
        for (const { windows } of groups.slice(0, -1)) expect(windows.length).toBe(batch);
        const begun = groups.flatMap(({ begun }) => begun.map(({ id }) => id));
        expect(begun).toEqual([...new Set(begun)].sort((a, b) => a - b));
      },
    ),
    { numRuns: 200 },
  );
});

it("groups are the same wherever they are begun", async () => {
  await fc.assert(
    fc.asyncProperty(
      lengths,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 60 }),
      async (sizes, length, limit) => {
        const groups = await groupsOf(sizes, { length, batch: 2, limit });
        let done = 0;
        for (const [i, { next, windows }] of groups.entries()) {
          done += windows.reduce((sum, { ids }) => sum + ids.length, 0);
          expect(await groupsOf(sizes, { length, batch: 2, limit: limit - done, from: next })).toEqual(
            groups.slice(i + 1),
          );
        }
        expect(done).toBe(
          Math.min(
            limit,
            sizes.reduce((sum, size) => sum + size, 0),
          ),
        );
      },
    ),
    { numRuns: 100 },
  );
});

it("windows of a model that sees ahead stand between its start and end tokens, whose rows are left out", async () => {
  const toy = toyModel();
  const model = { ...toy, tokens: { ...toy.tokens, end: 2 } };
  const texts = {
    name: "t",
    repeatable: true,
    async *documents() {
      yield { id: 0, content: Int32Array.of(10, 11, 12, 13) };
    },
  };
  const source = textSource(model, { texts, length: 5 });
  const options = { batch: 8, from: { document: 0, position: 0 } };
  const { value: group } = await source.groups(source.documents(), options).next();
  expect(group?.inputs.ids).toMatchObject({
    dims: [2, 5],
    data: BigInt64Array.of(1n, 10n, 11n, 12n, 2n, 1n, 13n, 2n, 0n, 0n),
  });
  expect(group).toMatchObject({ before: 1, items: [{ position: 0 }, { position: 3 }] });
  expect(source).toMatchObject({ rowsPerItem: 3, settings: { start: 1, end: 2 } });
});
