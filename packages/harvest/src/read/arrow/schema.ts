import { type ByteSource, type Dtype, FormatError } from "@monosema/tensor";
import type { DataType, Field, Schema } from "@uwdata/flechette";
import type { RecordBatch } from "./recordBatches.js";

/** A column of numbers, of lists of them, lists of lists, ... */
export interface NumberColumn {
  /** Name. */
  readonly name: string;
  /** Kind of the numbers. */
  readonly dtype: Dtype;
  /** The lists from the outside in: bytes of an offset, or the length of all of them. */
  readonly lists: readonly ListKind[];
  /** Number of its first length in a batch. */
  readonly node: number;
  /** Number of its first buffer in a batch. */
  buffer(batch: RecordBatch): number;
}

/** Lists that are told apart by offsets of so many bytes, or that have all the same length. */
export type ListKind = { readonly offsetBytes: 4 | 8 } | { readonly length: number };

/**
 * The columns of numbers of a schema.
 *
 * @param message - the message of the schema
 * @throws FormatError `arrow-message`, `unsupported-type`
 */
export async function numberColumns(source: ByteSource, message: Uint8Array): Promise<readonly NumberColumn[]> {
  const schema = await decoded(source, message);
  if (schema.endianness === 1) {
    const required = "numbers must be little-endian, got big-endian ones; save them on another machine";
    throw new FormatError("unsupported-type", required, { file: source.name });
  }
  const types = schema.fields.map(({ type }) => type);
  // Old files have one buffer more in each.
  const union = schema.fields.find(({ type }) => type.typeId === 14);
  if (union !== undefined) {
    const required = `columns must not be unions, got ${union.name}; save the file without it`;
    throw new FormatError("unsupported-type", required, { file: source.name });
  }
  return schema.fields.flatMap(({ name, type }, i) => {
    const numbers = numbersOf(type);
    if (numbers === undefined) return [];
    const before = types.slice(0, i);
    const node = before.reduce((sum, one) => sum + nodesOf(one), 0);
    const buffer = (batch: RecordBatch): number =>
      before.reduce<Place>((place, one) => after(one, place, batch), { buffer: 0, view: 0 }).buffer;
    return [{ name, ...numbers, node, buffer }];
  });
}

async function decoded(source: ByteSource, message: Uint8Array): Promise<Schema> {
  const { tableFromIPC } = await import("@uwdata/flechette");
  try {
    return tableFromIPC(message).schema;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const required = `the schema must be one of Arrow, got: ${reason}; save the file again`;
    throw new FormatError("arrow-message", required, { file: source.name });
  }
}

function numbersOf(type: DataType): Pick<NumberColumn, "dtype" | "lists"> | undefined {
  const dtype = dtypeOf(type);
  if (dtype !== undefined) return { dtype, lists: [] };
  const list = listOf(type);
  const [child] = childrenOf(type);
  const inner = list && child && numbersOf(child.type);
  return inner && { dtype: inner.dtype, lists: [list, ...inner.lists] };
}

// The kinds of types have the numbers of Arrow's Schema.fbs.

function dtypeOf(type: DataType): Dtype | undefined {
  switch (type.typeId) {
    case 2: // integer
      return `${type.signed ? "I" : "U"}${type.bitWidth}`;
    case 3: // floating point
      return (["F16", "F32", "F64"] as const)[type.precision];
    default:
      return undefined;
  }
}

function listOf(type: DataType): ListKind | undefined {
  switch (type.typeId) {
    case 12: // list
      return { offsetBytes: 4 };
    case 21: // large list
      return { offsetBytes: 8 };
    case 16: // list of fixed size
      return { length: type.stride };
    default:
      return undefined;
  }
}

const childrenOf = (type: DataType): readonly Field[] => ("children" in type ? type.children : []);

/** How many columns a type is, with those within it. */
const nodesOf = (type: DataType): number => childrenOf(type).reduce((sum, child) => sum + nodesOf(child.type), 1);

/** A place among the buffers of a batch, and among its columns of views. */
interface Place {
  readonly buffer: number;
  readonly view: number;
}

/** The place after a column of a type. */
function after(type: DataType, { buffer, view }: Place, batch: RecordBatch): Place {
  const isView = type.typeId === 23 || type.typeId === 24; // of bytes, of text
  const extra = isView ? (batch.views[view] ?? 0) : 0;
  const own = { buffer: buffer + ownBuffers(type) + extra, view: view + Number(isView) };
  return childrenOf(type).reduce((place, child) => after(child.type, place, batch), own);
}

/** Buffers of a type without those of its children. */
function ownBuffers({ typeId }: DataType): number {
  switch (typeId) {
    case 1: // null
    case 22: // run-end encoded
      return 0;
    case 13: // struct
    case 16: // list of fixed size
      return 1;
    case 4: // bytes
    case 5: // text
    case 19: // large bytes
    case 20: // large text
    case 25: // list view
    case 26: // large list view
      return 3;
    default:
      return 2;
  }
}
