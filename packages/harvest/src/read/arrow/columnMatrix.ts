import { type ByteSource, checkFinite, FormatError, type MatrixSource, toFloat32 } from "@monosema/tensor";
import { type RowReader, rowsInOrder } from "../joinedRows.js";
import { type ColumnPart, columnPart } from "./columnPart.js";
import type { RecordBatch } from "./recordBatch.js";
import type { NumberColumn } from "./schema.js";

/** Borders of lists that are checked at a time. */
const some = 2 ** 16;

/**
 * A column of lists of numbers as a matrix: the innermost lists are its rows. They lie one after the other in each batch, so that any
 * rows are read by themselves.
 *
 * @throws FormatError `ragged-lists`, and as {@link columnPart}
 */
export function columnMatrix(source: ByteSource, batches: readonly RecordBatch[], column: NumberColumn): MatrixSource {
  const parts = batches.filter(({ rows }) => rows > 0).map((batch) => columnPart(source, batch, column));
  const columns = widthOf(source, column, parts);
  const { rows, readRows } = rowsInOrder(
    parts.map((part) => rowsOf(source, column, part, columns)),
    columns,
  );
  return {
    name: source.name,
    rows,
    columns,
    readRows: async (start, count) => {
      const values = await readRows(start, count);
      checkFinite(values, columns, start, source.name);
      return values;
    },
    close: async () => {},
  };
}

/** Length of the innermost lists, which all batches have in common. */
function widthOf(source: ByteSource, column: NumberColumn, parts: readonly ColumnPart[]): number {
  const widths = parts.map(({ counts }) => (counts.at(-1) as number) / (counts.at(-2) as number));
  const [width = Number.NaN] = widths;
  if (width >= 1 && widths.every((other) => other === width) && Number.isInteger(width)) return width;
  throw ragged(source, column, `the mean is ${[...new Set(widths)].slice(0, 3).join(", ") || "that of none"}`);
}

/** The rows of one batch, whose lists are checked before the first is read. */
function rowsOf(source: ByteSource, column: NumberColumn, part: ColumnPart, columns: number): RowReader {
  let checked: Promise<void> | undefined;
  return {
    rows: part.counts.at(-2) as number,
    readRows: async (start, count) => {
      checked ??= checkLists(source, column, part, columns);
      await checked;
      return toFloat32(await part.values(start * columns, count * columns));
    },
  };
}

/** Checks that the lists lie one after the other without a gap, the innermost with all the same length. */
async function checkLists(source: ByteSource, column: NumberColumn, part: ColumnPart, columns: number): Promise<void> {
  const { counts, borders } = part;
  const innermost = column.lists.length - 1;
  for (let level = 0; level <= innermost; level++) {
    const [lists, held] = [counts[level] as number, counts[level + 1] as number];
    let last = 0;
    for (let first = 0; first <= lists; first += some) {
      for (const [i, border] of (await borders(level, first, Math.min(some, lists + 1 - first))).entries()) {
        const right =
          level < innermost ? border >= last && (first + i > 0 || border === 0) : border === (first + i) * columns;
        if (!right) throw ragged(source, column, `list ${first + i} of level ${level} begins at ${border}`);
        last = border;
      }
    }
    if (last !== held) throw ragged(source, column, `the lists of level ${level} end at ${last} of ${held}`);
  }
}

function ragged({ name }: ByteSource, column: NumberColumn, got: string): FormatError {
  const message = `the innermost lists of ${column.name} must have the same length everywhere, got others (${got}); leave such records out`;
  return new FormatError("ragged-lists", message, { file: name, tensor: column.name });
}
