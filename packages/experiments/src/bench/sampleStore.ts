import type { BenchBatch, BenchBatchSource, LinearRepresentationBench } from "@monosema/bench";
import { gatherRows } from "@monosema/numerics";

/** Training batches, ended when they are no longer needed. */
export interface OpenBatches extends Pick<BenchBatchSource, "batchSize" | "samples"> {
  /** The batch of a step, counted from 1. */
  batch(step: number): BenchBatch | Promise<BenchBatch>;
  /** Ends what makes them. */
  close(): Promise<void>;
}

/** Opens the training batches of a benchmark, such as `parallelBatches` of `@monosema/bench/node`. */
export type OpensBatches = (lrb: LinearRepresentationBench, options: { readonly batchSize: number }) => OpenBatches;

/** Training samples that are made once. */
export interface SampleStore {
  /** Training batches, as those of the benchmark itself. */
  openBatches(batchSize: number): OpenBatches;
  /** Seconds that drawing samples has taken so far. */
  secondsDrawing(): number;
}

/** Numbers that a view keeps at most: 512 MiB of float32. */
const MOST = 2 ** 27;

/**
 * Keeps training samples, so that the runs of a table do not draw the same ones again and again. Larger data sets than 512 MiB are not
 * kept but made while the training runs.
 */
export function sampleStore(lrb: LinearRepresentationBench, opens: OpensBatches = openPlain): SampleStore {
  const { nP, nR, samples, view } = lrb;
  const hasTarget = view === "transcoder";
  if (samples * (nP + (hasTarget ? nR : 0)) > MOST) {
    return { openBatches: (batchSize) => opens(lrb, { batchSize }), secondsDrawing: () => 0 };
  }
  let drawing = 0;
  const isKept = new Uint8Array(samples);
  const kept = { input: rowsOf(samples, nP), target: hasTarget ? rowsOf(samples, nR) : undefined };
  const keep = (wanted: readonly number[]): void => {
    const missing = wanted.filter((sample) => isKept[sample] === 0);
    if (missing.length === 0) return;
    const started = performance.now();
    const made = lrb.batchOf(missing);
    drawing += (performance.now() - started) / 1000;
    missing.forEach((sample, row) => {
      isKept[sample] = 1;
      kept.input.set(sample, made.input, row);
      if (made.target) kept.target?.set(sample, made.target, row);
    });
  };
  return {
    secondsDrawing: () => drawing,
    openBatches(batchSize) {
      const source = lrb.batchSource({ batchSize });
      return {
        batchSize: source.batchSize,
        samples,
        close: async () => {},
        batch(step) {
          const indices = source.sampleIndices(step);
          keep(indices);
          const target = kept.target?.take(indices);
          return { size: indices.length, input: kept.input.take(indices), ...(target ? { target } : {}) };
        },
      };
    },
  };
}

const openPlain: OpensBatches = (lrb, options) => ({ ...lrb.batchSource(options), close: async () => {} });

/** Rows by index. */
interface StoredRows {
  /** Stores row `row` of `[B, width]`. */
  readonly set: (index: number, rows: Float32Array, row: number) => void;
  /** `[B, width]`. */
  readonly take: (indices: readonly number[]) => Float32Array;
}

function rowsOf(count: number, width: number): StoredRows {
  const values = new Float32Array(count * width);
  return {
    set: (index, rows, row) => values.set(rows.subarray(row * width, (row + 1) * width), index * width),
    take: (indices) => gatherRows(values, width, indices),
  };
}
