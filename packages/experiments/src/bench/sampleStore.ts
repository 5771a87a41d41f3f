import type { BenchBatchSource, LinearRepresentationBench } from "@monosema/bench";

/** Training samples that are made once. */
export interface SampleStore {
  /** Training batches, as those of the benchmark itself. */
  batchSource(batchSize: number): BenchBatchSource;
  /** Seconds that drawing samples has taken so far. */
  secondsDrawing(): number;
}

/** Numbers that a view keeps at most: 512 MiB of float32. */
const MOST = 2 ** 27;

/**
 * Keeps training samples, so that the runs of a table do not draw the same ones again and again. Larger data sets than 512 MiB are not kept.
 */
export function sampleStore(lrb: LinearRepresentationBench): SampleStore {
  const { nP, nR, samples, view } = lrb;
  const hasTarget = view === "transcoder";
  if (samples * (nP + (hasTarget ? nR : 0)) > MOST) {
    return { batchSource: (batchSize) => lrb.batchSource({ batchSize }), secondsDrawing: () => 0 };
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
    batchSource(batchSize) {
      const source = lrb.batchSource({ batchSize });
      return {
        ...source,
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
    take(indices) {
      const out = new Float32Array(indices.length * width);
      indices.forEach((index, row) => {
        out.set(values.subarray(index * width, (index + 1) * width), row * width);
      });
      return out;
    },
  };
}
