import { type InferenceMethod, openInference } from "@monosema/audit";
import {
  type EvaluateOptions,
  type EvaluateSums,
  evaluateSums,
  type Model,
  type Rows,
  type StoredCodes,
} from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { Session } from "../session.js";
import { watchedBatches } from "../watchedBatches.js";

/** What is measured, and how. */
export interface Measuring extends Pick<EvaluateOptions, "onBatch"> {
  /** `[N, P]`. */
  readonly inputs: Rows;
  /** `[N, R]`, where targets are not the inputs. */
  readonly targets: Rows | undefined;
  /** Codes of the inputs, where they were encoded before. */
  readonly codes?: StoredCodes | undefined;
  /** Whose codes. */
  readonly inference: "encoder" | InferenceMethod;
}

/** Samples per batch whose codes are searched for: seconds between two lines of progress. */
const SEARCHED = 128;

/** One pass over the samples, with the codes of the encoder or of another inference. */
export async function measuredSums(
  session: Session,
  backend: Backend,
  model: Model,
  { inputs, targets, codes, inference, onBatch }: Measuring,
): Promise<EvaluateSums> {
  const other = inference === "encoder" ? undefined : openInference(backend, model, inference);
  const batches = watchedBatches(session, "evaluating", inputs, other ? SEARCHED : 1024, targets, codes);
  const sums = await evaluateSums(backend, model, batches, {
    ...(other ? { infer: other.infer } : {}),
    ...(onBatch ? { onBatch } : {}),
  });
  other?.dispose();
  return sums;
}
