import type { FlatTable } from "./flatbuffer.js";

/** Where the columns of some records lie. */
export interface RecordBatch {
  /** Records. */
  readonly rows: number;
  /** Lengths of the columns and of the columns within them, depth first. */
  readonly lengths: readonly number[];
  /** How many of each are null. */
  readonly nulls: readonly number[];
  /** First byte of each buffer, from the start of the file. */
  readonly offsets: readonly number[];
  /** Bytes of each buffer. */
  readonly sizes: readonly number[];
  /** Numbers of buffers of the columns of views. */
  readonly views: readonly number[];
  /** Whether the buffers are compressed. */
  readonly compressed: boolean;
}

/**
 * A batch by the numbers of Arrow's Message.fbs.
 *
 * @param bodyStart - first byte of its buffers, from the start of the file
 */
export function recordBatch(batch: FlatTable, bodyStart: number): RecordBatch {
  const [nodes, buffers] = [batch.i64s(1, 2), batch.i64s(2, 2)];
  return {
    rows: batch.i64(0),
    lengths: nodes.filter((_, i) => i % 2 === 0),
    nulls: nodes.filter((_, i) => i % 2 === 1),
    offsets: buffers.filter((_, i) => i % 2 === 0).map((offset) => bodyStart + offset),
    sizes: buffers.filter((_, i) => i % 2 === 1),
    views: batch.i64s(4, 1),
    compressed: batch.table(3) !== undefined,
  };
}
