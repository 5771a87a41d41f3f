import type { SparseRows } from "@monosema/tensor";

/** Samples of one step on the host. */
export interface Batch {
  /** Samples B. */
  readonly size: number;
  /** x_p `[B, P]`, row-major. */
  readonly input: Float32Array | Float64Array;
  /** x_r `[B, R]`; absent: the input. */
  readonly target?: Float32Array | Float64Array;
  /** Their codes, where a file has them: what would encode takes these. Training never does. */
  readonly codes?: SparseRows;
}

/** Batches as a pure function of the step, so that a run can be resumed without any state of the data. */
export interface BatchSource {
  /** Samples per batch, B. */
  readonly batchSize: number;
  /** Distinct samples N, where finite. */
  readonly samples?: number;
  /** The batch of step `step`, counted from 1; always `batchSize` samples. */
  readonly batch: (step: number) => Batch | Promise<Batch>;
}
