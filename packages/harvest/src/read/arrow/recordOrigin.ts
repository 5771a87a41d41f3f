import type { ByteSource } from "@monosema/tensor";
import { toNumbers } from "@monosema/tensor";
import type { ActivationOrigin } from "../activationFormat.js";
import { partAt } from "../joinedRows.js";
import { originOf } from "../originTensors.js";
import { type ColumnPart, columnPart } from "./columnPart.js";
import type { RecordBatch } from "./recordBatches.js";
import type { NumberColumn } from "./schema.js";

/**
 * Where the rows of a column come from: a record with several rows is a document, and a column of whole numbers with one for each row
 * holds tokens.
 *
 * @param firstRecord - number of the first record among those of all files
 */
export function recordOrigin(
  source: ByteSource,
  batches: readonly RecordBatch[],
  column: NumberColumn,
  tokens: NumberColumn | undefined,
  firstRecord: number,
): ActivationOrigin | undefined {
  const filled = batches.filter(({ rows }) => rows > 0);
  const parts = filled.map((batch) => columnPart(source, batch, column));
  const tokenParts = tokens && filled.map((batch) => columnPart(source, batch, tokens));
  const rowsOf = (part: ColumnPart): number => part.counts[column.lists.length - 1] as number;
  const rowStarts = sums(parts.map(rowsOf));
  const recordStarts = sums(filled.map(({ rows }) => rows));
  const fits = tokenParts?.every(({ counts }, i) => counts.at(-1) === rowsOf(parts[i] as ColumnPart));
  /** Fills `out` batch by batch. */
  const filledBy =
    (fill: (batch: number, first: number, out: Int32Array) => Promise<void>) =>
    async (start: number, count: number): Promise<Int32Array> => {
      const out = new Int32Array(count);
      for (let done = 0, batch = partAt(rowStarts, start); done < count; batch++) {
        const first = start + done - (rowStarts[batch] as number);
        const some = Math.min(rowsOf(parts[batch] as ColumnPart) - first, count - done);
        if (some > 0) await fill(batch, first, out.subarray(done, done + some));
        done += Math.max(0, some);
      }
      return out;
    };
  const inRecords = (value: (record: number, position: number) => number) =>
    filledBy(async (batch, first, out) => {
      const borders = await bordersOf(parts[batch] as ColumnPart);
      for (let i = 0, record = partAt(borders, first); i < out.length; i++) {
        while ((borders[record + 1] as number) <= first + i) record++;
        out[i] = value(firstRecord + (recordStarts[batch] as number) + record, first + i - (borders[record] as number));
      }
    });
  return originOf((kind) => {
    if (kind !== "tokens") {
      if (column.lists.length !== 2) return undefined;
      return inRecords(kind === "documents" ? (record) => record : (_, position) => position);
    }
    if (!fits) return undefined;
    return filledBy(async (batch, first, out) => {
      out.set(toNumbers((await tokenParts?.[batch]?.values(first, out.length)) ?? new Int32Array(0)));
    });
  });
}

/** Where the records of a batch begin among its rows. */
const bordersOf = async (part: ColumnPart): Promise<Float64Array> =>
  await part.borders(0, 0, (part.counts[0] as number) + 1);

function sums(counts: readonly number[]): readonly number[] {
  const starts = [0];
  for (const count of counts) starts.push((starts.at(-1) as number) + count);
  return starts;
}
