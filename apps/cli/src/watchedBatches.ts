import { type Batch, type Rows, type StoredCodes, sequentialBatches } from "@monosema/sdl";
import type { Session } from "./session.js";

/** The samples of a file in order, batch by batch, with their codes where these are known, and progress. */
export async function* watchedBatches(
  session: Session,
  label: string,
  rows: Rows,
  batchSize: number,
  target?: Rows,
  codes?: StoredCodes,
): AsyncGenerator<Batch> {
  const bar = session.progress({ total: rows.rows, unit: "samples" });
  let done = 0;
  try {
    for await (const batch of sequentialBatches(rows, batchSize, target)) {
      yield codes ? { ...batch, codes: await codes.readRows(done, batch.size) } : batch;
      done += batch.size;
      bar.update(done, label);
    }
  } finally {
    bar.end();
    session.doing(session.command);
  }
}
