import { type Batch, type Model, openModel } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { AuditBatch } from "../subject/sampleBatch.js";
import type { AuditedModel } from "./auditedModel.js";

/** The samples of a model as an audit takes them, encoded on a backend as at inference. */
export async function* auditBatches(
  backend: Backend,
  model: Model,
  { inputs, targets }: AuditedModel,
  data: Iterable<Batch> | AsyncIterable<Batch>,
): AsyncGenerator<AuditBatch> {
  const loaded = openModel(backend, model);
  try {
    for await (const { input, target = input, size } of data) {
      yield { input: inputs(input), target: targets(target, input), codes: await loaded.encode(input, size) };
    }
  } finally {
    loaded.dispose();
  }
}
