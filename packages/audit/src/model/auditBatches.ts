import { type Batch, type LoadedModel, type Model, openModel } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { AuditBatch } from "../subject/sampleBatch.js";
import type { AuditedModel } from "./auditedModel.js";

/** The samples of a model as an audit takes them, encoded on a backend as at inference where they do not bring their codes. */
export async function* auditBatches(
  backend: Backend,
  model: Model,
  { inputs, targets }: AuditedModel,
  data: Iterable<Batch> | AsyncIterable<Batch>,
): AsyncGenerator<AuditBatch> {
  let loaded: LoadedModel | undefined;
  try {
    for await (const { input, target = input, size, codes } of data) {
      loaded ??= codes ? undefined : openModel(backend, model);
      const own = codes ?? (await (loaded as LoadedModel).encode(input, size));
      yield { input: inputs(input), target: targets(target, input), codes: own };
    }
  } finally {
    loaded?.dispose();
  }
}
