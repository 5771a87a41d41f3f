import {
  type BatchSource,
  type Model,
  type SdlSpec,
  type TrainingState,
  type TrainOptions,
  type TrainReport,
  train,
} from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { CurvePoint } from "../records.js";
import type { OpenBatches } from "./sampleStore.js";

/** How far a training of a benchmark has come. */
export interface TrainingSoFar {
  /** Its curve. */
  readonly curve: readonly CurvePoint[];
  /** Seconds of training. */
  readonly seconds: number;
}

/** Where a training of a benchmark keeps its states, and goes on from one. */
export interface TrainingPlace {
  /** What it goes on from. */
  readonly saved?: TrainingSoFar & {
    /** Its state. */
    readonly state: TrainingState;
  };
  /** Keeps a state; called once a minute. */
  readonly save: (state: TrainingState, model: Model, soFar: TrainingSoFar) => Promise<void>;
}

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
