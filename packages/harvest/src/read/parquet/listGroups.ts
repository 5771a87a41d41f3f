import { type ByteSource, FormatError } from "@monosema/tensor";
import type { FileMetaData } from "hyparquet";
import type { RowReader } from "../joinedRows.js";
import { type ColumnChunk, columnChunk } from "./columnChunk.js";
import { chunksOf, type Leaf } from "./leaf.js";
import { blockOf, type Groups } from "./tableGroups.js";

/**
 * A column of lists of numbers: the innermost lists are the rows, all of the same length, so that they lie one after the other in the
 * pages.
 *
 * @throws FormatError `ragged-lists`
 */
export async function listGroups(source: ByteSource, metadata: FileMetaData, leaf: Leaf): Promise<Groups> {
  const chunks = chunksOf(metadata, leaf, source.name)
    .map((meta) => columnChunk(source, meta, leaf))
    .filter(({ count }) => count > 0);
  const refuse = (got: string): FormatError => {
    const message = `the innermost lists of ${leaf.name} must have the same length everywhere, got ${got}; leave such rows out`;
    return new FormatError("ragged-lists", message, { file: source.name, tensor: leaf.name });
  };
  const [first] = chunks;
  if (first === undefined) throw refuse("no values");
  const columns = await firstLength(first, leaf);
  const uneven = chunks.find(({ count }) => count % columns !== 0);
  if (uneven !== undefined) throw refuse(`${columns} at first and ${uneven.count} values in a group of rows`);
  const groups = chunks.map(
    (chunk): RowReader => ({
      rows: chunk.count / columns,
      async readRows(start, count) {
        const out = new Float32Array(count * columns);
        await chunk.pages(start * columns, count * columns, ({ values, repetition }, number) => {
          for (let i = 0; i < values.length; i++) {
            if ((repetition[i] === leaf.lists) === ((number + i) % columns !== 0)) continue;
            throw refuse(
              `${columns} at first and another one in row ${Math.floor((number + i) / columns)} of a group of rows`,
            );
          }
          const skipped = Math.max(0, start * columns - number);
          const at = Math.max(0, number - start * columns);
          out.set(values.subarray(skipped, skipped + out.length - at), at);
        });
        return out;
      },
    }),
  );
  return { groups, columns, block: blockOf(Math.ceil((await first.firstPage()) / columns), columns) };
}

/** Length of the first innermost list of a chunk. */
async function firstLength(chunk: ColumnChunk, { lists }: Leaf): Promise<number> {
  let length = chunk.count;
  for (let start = 0, some = 1; start < chunk.count && length === chunk.count; start += some) {
    some = Math.min(some, chunk.count - start);
    await chunk.pages(start, some, ({ repetition }, first) => {
      const next = repetition.findIndex((level, i) => first + i > 0 && level < lists);
      if (next >= 0) length = Math.min(length, first + next);
      some = first + repetition.length - start; // on to the next page
    });
  }
  return length;
}
