import { type ByteSource, toNumbers } from "@monosema/tensor";
import type { ActivationOrigin } from "../activationFormat.js";
import { partAt } from "../joinedRows.js";
import { originOf } from "../originTensors.js";
import { columnPart } from "./columnPart.js";
import type { RecordBatch } from "./recordBatch.js";
import type { NumberColumn } from "./schema.js";

/** Where the rows of a column in one file come from. */
export interface RecordOrigin {
  /** Rows. */
  readonly rows: number;
  /** What is known of them. */
  readonly origin: ActivationOrigin | undefined;
}

/**
 * Finds where the rows of a column come from: a record with several rows is a document, and a column of whole numbers with one for each
 * row holds tokens.
 *
 * @param firstRecord - number of the first record among those of all files
 */
export function recordOrigin(
  source: ByteSource,
  batches: readonly RecordBatch[],
  column: NumberColumn,
  tokens: NumberColumn | undefined,
  firstRecord: number,
): RecordOrigin {
  const filled = batches.filter(({ rows }) => rows > 0);
  const counts = filled.map((batch) => rowsIn(batch, column));
  const rowStarts = sums(counts);
  const recordStarts = sums(filled.map(({ rows }) => rows));
  /** Fills numbers batch by batch. */
  const byBatch =
    (fill: (batch: number, first: number, out: Int32Array) => Promise<void>) =>
    async (start: number, count: number): Promise<Int32Array> => {
      const out = new Int32Array(count);
      for (let done = 0, batch = partAt(rowStarts, start); done < count; batch++) {
        const first = start + done - (rowStarts[batch] as number);
        const some = Math.min((counts[batch] as number) - first, count - done);
        if (some > 0) await fill(batch, first, out.subarray(done, done + some));
        done += Math.max(0, some);
      }
      return out;
    };
  const inRecords = (value: (record: number, position: number) => number) =>
    byBatch(async (batch, first, out) => {
      const { rows } = filled[batch] as RecordBatch;
      const borders = await columnPart(source, filled[batch] as RecordBatch, column).borders(0, 0, rows + 1);
      for (let i = 0, record = partAt(borders, first); i < out.length; i++) {
        while ((borders[record + 1] as number) <= first + i) record++;
        out[i] = value(firstRecord + (recordStarts[batch] as number) + record, first + i - (borders[record] as number));
      }
    });
  const fits = tokens && filled.every((batch, i) => batch.lengths[tokens.node + tokens.lists.length] === counts[i]);
  const origin = originOf((kind) => {
    if (kind === "documents") return isNested(column) ? inRecords((record) => record) : undefined;
    if (kind === "positions") return isNested(column) ? inRecords((_, position) => position) : undefined;
    if (!fits) return undefined;
    return byBatch(async (batch, first, out) => {
      const { values } = columnPart(source, filled[batch] as RecordBatch, tokens);
      out.set(toNumbers(await values(first, out.length)));
    });
  });
  return { rows: rowStarts.at(-1) as number, origin };
}

/** The innermost lists of a column in a batch. */
const rowsIn = ({ lengths }: RecordBatch, { node, lists }: NumberColumn): number =>
  lengths[node + lists.length - 1] ?? 0;

const isNested = ({ lists }: NumberColumn): boolean => lists.length === 2;

function sums(counts: readonly number[]): readonly number[] {
  const starts = [0];
  for (const count of counts) starts.push((starts.at(-1) as number) + count);
  return starts;
}
