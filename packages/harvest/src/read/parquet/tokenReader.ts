import { type ByteSource, FormatError } from "@monosema/tensor";
import type { FileMetaData } from "hyparquet";
import { blockedRows } from "../blockedRows.js";
import { type RowReader, rowsInOrder } from "../joinedRows.js";
import { columnChunk } from "./columnChunk.js";
import { chunksOf, type Leaf } from "./leaf.js";
import { blockOf } from "./tableGroups.js";

/** A column of tokens. */
export interface TokenReader {
  /** How many. */
  readonly rows: number;
  /** Tokens of rows `start` to `start + count - 1`. */
  read(start: number, count: number): Promise<Int32Array>;
}

/**
 * A column of whole numbers, or of lists of them, one after the other.
 *
 * @param rowsOf - rows of the matrix that they belong to, which must be as many
 */
export function tokenReader(
  source: ByteSource,
  metadata: FileMetaData,
  leaf: Leaf,
  rowsOf: () => Promise<number>,
): TokenReader {
  const groups = chunksOf(metadata, leaf, source.name).map((meta): RowReader => {
    const { count, pages } = columnChunk(source, meta, leaf);
    return {
      rows: count,
      async readRows(start, some) {
        const out = new Float32Array(some); // exact for ids below 2^24
        await pages(start, some, ({ values }, first) => {
          const skipped = Math.max(0, start - first);
          const at = Math.max(0, first - start);
          out.set(values.subarray(skipped, skipped + some - at), at);
        });
        return out;
      },
    };
  });
  const all = rowsInOrder(groups, 1);
  const { readRows } = blockedRows(all, 1, blockOf(0, 1));
  return {
    rows: all.rows,
    async read(start, count) {
      const rows = await rowsOf();
      if (rows === all.rows) return Int32Array.from(await readRows(start, count));
      const message = `${leaf.name} must have a token for each of ${rows} rows, got ${all.rows}; leave the column out`;
      throw new FormatError("bad-shape", message, { file: source.name, tensor: leaf.name });
    },
  };
}
