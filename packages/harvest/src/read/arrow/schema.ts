import type { Dtype } from "@monosema/tensor";
import type { FlatTable } from "./flatbuffer.js";
import type { RecordBatch } from "./recordBatch.js";

/** A column of numbers, of lists of them, lists of lists, ... */
export interface NumberColumn {
  /** Name. */
  readonly name: string;
  /** Kind of the numbers. */
  readonly dtype: Dtype;
  /** The lists from the outside in. */
  readonly lists: readonly ListKind[];
  /** Number of its first length in a batch. */
  readonly node: number;
  /** Number of its first buffer in a batch. */
  buffer(batch: RecordBatch): number;
}

/** Lists that are told apart by offsets of so many bytes, or that have all the same length. */
export type ListKind = { readonly offsetBytes: 4 | 8 } | { readonly length: number };

/** A column, or one within it, with the numbers of Arrow's Schema.fbs. */
interface Field {
  readonly name: string;
  readonly kind: number;
  readonly dtype?: Dtype;
  readonly list?: ListKind;
  readonly children: readonly Field[];
}

/** Columns with those within them, at most: a damaged file can name the same one again and again. */
const mostFields = 100_000;

/**
 * The columns of numbers of a schema.
 *
 * @throws RangeError for one that is not valid, or that has columns whose place cannot be told
 */
export function numberColumns(schema: FlatTable): readonly NumberColumn[] {
  if (schema.i16(0) !== 0) throw new RangeError("its numbers are big-endian");
  let left = mostFields;
  const fieldOf = (table: FlatTable): Field => {
    if (left-- === 0) throw new RangeError(`it has more than ${mostFields} columns`);
    const [name, isDictionary] = [table.text(0), table.table(4) !== undefined];
    // Of a dictionary the batches hold indices.
    if (isDictionary) return { name, kind: INDICES, children: [] };
    const [kind, type] = [table.u8(2), table.table(3)];
    const children = table.tables(5).map(fieldOf);
    return { name, kind, ...(type ? numbersOf(kind, type) : {}), children };
  };
  const fields = schema.tables(1).map(fieldOf);
  return fields.flatMap((field, i) => {
    const numbers = nestedNumbers(field);
    if (numbers === undefined) return [];
    const before = fields.slice(0, i);
    const node = before.reduce((sum, one) => sum + nodesOf(one), 0);
    const buffer = (batch: RecordBatch): number =>
      before.reduce<Place>((place, one) => after(one, place, batch), { buffer: 0, view: 0 }).buffer;
    return [{ name: field.name, ...numbers, node, buffer }];
  });
}

const [INT, FLOAT, LIST, UNION, FIXED_SIZE_LIST, LARGE_LIST, INDICES] = [2, 3, 12, 14, 16, 21, -1];

function numbersOf(kind: number, type: FlatTable): Pick<Field, "dtype" | "list"> {
  switch (kind) {
    case INT: {
      const bits = ([8, 16, 32, 64] as const).find((width) => width === type.i32(0));
      return bits ? { dtype: `${type.u8(1) === 0 ? "U" : "I"}${bits}` } : {};
    }
    case FLOAT: {
      const dtype = (["F16", "F32", "F64"] as const)[type.i16(0)];
      return dtype ? { dtype } : {};
    }
    case LIST:
      return { list: { offsetBytes: 4 } };
    case LARGE_LIST:
      return { list: { offsetBytes: 8 } };
    case FIXED_SIZE_LIST:
      return { list: { length: type.i32(0) } };
    case UNION: // of which old files have one buffer more
      throw new RangeError("it has a column of a union");
    default:
      return {};
  }
}

/** The numbers of a column whose lists have nothing else in them. */
function nestedNumbers({ dtype, list, children }: Field): Pick<NumberColumn, "dtype" | "lists"> | undefined {
  if (dtype !== undefined) return { dtype, lists: [] };
  const inner = list && children[0] && nestedNumbers(children[0]);
  return inner && { dtype: inner.dtype, lists: [list, ...inner.lists] };
}

/** How many columns a column is, with those within it. */
const nodesOf = ({ children }: Field): number => children.reduce((sum, child) => sum + nodesOf(child), 1);

/** A place among the buffers of a batch, and among its columns of views. */
interface Place {
  readonly buffer: number;
  readonly view: number;
}

/** The place after a column. */
function after({ kind, children }: Field, { buffer, view }: Place, batch: RecordBatch): Place {
  const isView = kind === 23 || kind === 24; // of bytes, of text
  const extra = isView ? (batch.views[view] ?? 0) : 0;
  const own = { buffer: buffer + ownBuffers(kind) + extra, view: view + Number(isView) };
  return children.reduce((place, child) => after(child, place, batch), own);
}

/** Buffers of a column without those of the columns within it. */
function ownBuffers(kind: number): number {
  switch (kind) {
    case 1: // null
    case 22: // run-end encoded
      return 0;
    case 13: // struct
    case FIXED_SIZE_LIST:
      return 1;
    case 4: // bytes
    case 5: // text
    case 19: // large bytes
    case 20: // large text
    case 25: // view of lists
    case 26: // large view of lists
      return 3;
    default:
      return 2;
  }
}
