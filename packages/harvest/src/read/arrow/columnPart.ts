import {
  type ByteSource,
  type Dtype,
  decodeElements,
  FormatError,
  type TensorArray,
  toNumbers,
} from "@monosema/tensor";
import type { RecordBatch } from "./recordBatch.js";
import type { NumberColumn } from "./schema.js";

/** A column of numbers in one batch. */
export interface ColumnPart {
  /** How many records, lists within them, ..., numbers there are: one more than there are levels of lists. */
  readonly counts: readonly number[];
  /** Numbers from `start` on, across the borders of lists. */
  values(start: number, count: number): Promise<TensorArray>;
  /** Where the lists of a level begin among what they hold, from list `start` on; the end follows the last one. */
  borders(level: number, start: number, count: number): Promise<Float64Array>;
}

type Elements = (start: number, count: number) => Promise<TensorArray>;

/**
 * Finds a column in a batch.
 *
 * @throws FormatError `unsupported-compression`, `null-values`, `arrow-message` where its buffers are too short
 */
export function columnPart(source: ByteSource, batch: RecordBatch, column: NumberColumn): ColumnPart {
  const at = { file: source.name, tensor: column.name };
  if (batch.compressed) {
    const message = "record batches must not be compressed, got compressed ones; save them without compression";
    throw new FormatError("unsupported-compression", message, at);
  }
  const levels = [column.node, column.node + column.lists.length + 1] as const;
  const counts = batch.lengths.slice(...levels);
  if (batch.nulls.slice(...levels).some((nulls) => nulls > 0)) {
    throw new FormatError("null-values", `${column.name} must have no nulls, got some; leave these records out`, at);
  }
  const elements = (buffer: number, dtype: Dtype, count: number): Elements => {
    const [offset, size, bytes] = [batch.offsets[buffer] ?? 0, batch.sizes[buffer] ?? 0, Number(dtype.slice(1)) / 8];
    if (!(count * bytes <= size)) {
      const message = `${column.name} must have ${count} elements of ${dtype} in each batch, got one of ${size} bytes; save the file again`;
      throw new FormatError("arrow-message", message, at);
    }
    return async (start, some) => decodeElements(dtype, await source.read(offset + start * bytes, some * bytes));
  };
  let buffer = column.buffer(batch);
  const lists = column.lists.map((list, level): ((start: number, count: number) => Promise<Float64Array>) => {
    buffer += 1; // that of nulls
    if ("length" in list)
      return async (start, count) => Float64Array.from({ length: count }, (_, i) => (start + i) * list.length);
    const count = counts[level] ?? Number.NaN;
    const read = elements(buffer, list.offsetBytes === 4 ? "I32" : "I64", count > 0 ? count + 1 : count);
    buffer += 1;
    return async (start, some) => toNumbers(await read(start, some), at);
  });
  return {
    counts,
    values: elements(buffer + 1, column.dtype, counts.at(-1) ?? Number.NaN),
    borders: async (level, start, count) => await (lists[level] as (typeof lists)[number])(start, count),
  };
}
