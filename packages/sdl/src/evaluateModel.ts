import type { Backend } from "@monosema/tensor";
import type { Batch } from "./batch.js";
import { type EvaluateOptions, evaluateSums, finishEvaluate } from "./evaluateSums.js";
import type { Model } from "./model.js";
import type { ModelMetrics } from "./modelMetrics.js";

/**
 * Measures a dictionary on samples, in one pass: {@link finishEvaluate} of {@link evaluateSums}, which other programs may have made of
 * parts of the samples.
 *
 * @param batches - samples `[B, P]`, for transcoders with targets `[B, R]`
 * @throws RangeError for no samples, widths that do not fit, or as `openModel`
 */
export async function evaluateModel(
  backend: Backend,
  model: Model,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  options: EvaluateOptions = {},
): Promise<ModelMetrics> {
  return finishEvaluate(await evaluateSums(backend, model, batches, options));
}
