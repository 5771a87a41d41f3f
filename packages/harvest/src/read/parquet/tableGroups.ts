import { type ByteSource, FormatError } from "@monosema/tensor";
import type { FileMetaData } from "hyparquet";
import type { RowReader } from "../joinedRows.js";
import { columnChunk } from "./columnChunk.js";
import { chunksOf, type Leaf } from "./leaf.js";

/** The groups of rows of a file as parts of a matrix. */
export interface Groups {
  /** One for each. */
  readonly groups: readonly RowReader[];
  /** Width. */
  readonly columns: number;
  /** Rows that are best decoded together. */
  readonly block: number;
}

/** Columns of plain numbers side by side: each is a dimension. */
export async function tableGroups(
  source: ByteSource,
  metadata: FileMetaData,
  leaves: readonly Leaf[],
): Promise<Groups> {
  const columns = leaves.length;
  const chunks = leaves.map((leaf) =>
    chunksOf(metadata, leaf, source.name).map((meta) => ({ rows: meta.rows, ...columnChunk(source, meta, leaf) })),
  );
  const groups = (chunks[0] ?? []).map(
    ({ rows }, group): RowReader => ({
      rows,
      async readRows(start, count) {
        const out = new Float32Array(count * columns);
        for (const [column, leaf] of leaves.entries()) {
          const chunk = chunks[column]?.[group];
          if (chunk?.count !== rows) throw uneven(source, leaf, rows, chunk?.count ?? 0);
          await chunk.pages(start, count, ({ values }, first) => {
            const from = Math.max(start, first);
            const to = Math.min(start + count, first + values.length);
            for (let row = from; row < to; row++) out[(row - start) * columns + column] = values[row - first] as number;
          });
        }
        return out;
      },
    }),
  );
  const page = (await chunks[0]?.[0]?.firstPage()) ?? 0;
  return { groups, columns, block: blockOf(page, columns) };
}

/** Numbers of a block, unless pages are larger, up to which they still grow: 8 MB, 128 MB. */
const [usual, most] = [2 ** 21, 2 ** 25];

/** Rows of a block: as many as a page has, so that it is decoded once, within bounds of memory. */
export function blockOf(pageRows: number, columns: number): number {
  return Math.max(1, Math.ceil(usual / columns), Math.min(pageRows, Math.floor(most / columns)));
}

function uneven({ name: file }: ByteSource, { name }: Leaf, rows: number, got: number): FormatError {
  const message = `${name} must have ${rows} values in a group of as many rows, got ${got}; save the file again`;
  return new FormatError("parquet-footer", message, { file, tensor: name });
}
