import { type BatchSource, type Model, type SdlSpec, type TrainOptions, type TrainReport, train } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { OpenBatches } from "./sampleStore.js";

/** Trains a dictionary with a report for each of sixty points of its curve, and ends the batches where they can be ended. */
export async function trainOn(
  backend: Backend,
  spec: SdlSpec,
  batches: BatchSource & Partial<Pick<OpenBatches, "close">>,
  options: TrainOptions,
  onReport: (report: TrainReport) => void,
): Promise<Model> {
  const reportEvery = Math.max(1, Math.round(options.steps / 60));
  let model: Model | undefined;
  try {
    for await (const report of train(backend, spec, batches, { ...options, reportEvery })) {
      onReport(report);
      model = report.model;
    }
  } finally {
    await batches.close?.();
  }
  if (model === undefined) throw new Error("internal: the last report carries no model");
  return model;
}
