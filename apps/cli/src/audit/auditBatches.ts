import { type Model, openModel, sequentialBatches } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { AuditBatch } from "@monosema/theory";
import type { Samples } from "../samples.js";
import type { Session } from "../session.js";
import type { AuditedModel } from "./auditModel.js";

/** Samples per batch: few, so that sparse codes of any density stay small. */
const batchSize = 512;

/** The samples of a file as the audit takes them, encoded on a backend, with progress. */
export async function* auditBatches(
  session: Session,
  backend: Backend,
  model: Model,
  { inputs, targets }: AuditedModel,
  { data, target }: Samples,
): AsyncGenerator<AuditBatch> {
  const bar = session.progress({ total: data.rows, unit: "samples" });
  const loaded = openModel(backend, model);
  let done = 0;
  try {
    for await (const batch of sequentialBatches(data, batchSize, target)) {
      const { input, size } = batch;
      yield {
        input: inputs(input),
        target: targets(batch.target ?? input, input),
        codes: await loaded.encode(input, size),
      };
      done += size;
      bar.update(done, "reading samples");
    }
  } finally {
    loaded.dispose();
    bar.end();
  }
}
