import { type Model, type SdlSpec, type TrainOptions, type TrainReport, train } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { SampleStore } from "./sampleStore.js";

/** Trains a dictionary on the samples of a benchmark, with a report for each of sixty points of its curve. */
export async function trainOn(
  backend: Backend,
  spec: SdlSpec,
  data: SampleStore,
  batchSize: number,
  options: TrainOptions,
  onReport: (report: TrainReport) => void,
): Promise<Model> {
  const batches = data.openBatches(batchSize);
  const reportEvery = Math.max(1, Math.round(options.steps / 60));
  let model: Model | undefined;
  try {
    for await (const report of train(backend, spec, batches, { ...options, reportEvery })) {
      onReport(report);
      model = report.model;
    }
  } finally {
    await batches.close();
  }
  if (model === undefined) throw new Error("internal: the last report carries no model");
  return model;
}
