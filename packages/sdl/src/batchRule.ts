import type { Backend } from "@monosema/tensor";
import type { Batch } from "./batch.js";
import { smallestThreshold } from "./checkpoint/batchThreshold.js";
import { openModel } from "./loadedModel.js";
import type { Model } from "./model.js";

/**
 * A BatchTopK dictionary that selects as in training, with all samples as one batch of N: its threshold is the one above which the
 * floor(k N) largest positive pre-activations lie. Of several that equal the last of them none is active.
 *
 * @param batches - the samples; they are read once
 * @param samples - their number N
 * @throws RangeError for another activation, another number of samples, or as {@link openModel}
 */
export async function withBatchRule(
  backend: Backend,
  model: Model,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  samples: number,
): Promise<Model> {
  const { activation } = model.spec;
  if (activation.kind !== "batchtopk") {
    throw new RangeError(
      `withBatchRule: the activation must be batchtopk, got ${activation.kind}, which has no batch rule; use its own rule`,
    );
  }
  const active = Math.floor(activation.k * samples);
  const loaded = openModel(backend, { ...model, threshold: smallestThreshold });
  const largest = largestValues(active + 1);
  let seen = 0;
  try {
    for await (const { input, size } of batches) {
      seen += size;
      largest.add((await loaded.encode(input, size)).values);
    }
  } finally {
    loaded.dispose();
  }
  if (seen !== samples) {
    throw new RangeError(`withBatchRule: batches must hold ${samples} samples, got ${seen}; count them all`);
  }
  return { ...model, threshold: largest.at(active) ?? smallestThreshold };
}

/** The largest of values that come in parts. */
interface LargestValues {
  /** Adds values. */
  readonly add: (values: Float32Array | Float64Array) => void;
  /** The value of a rank, the largest being 0; undefined where there are not so many. */
  readonly at: (rank: number) => number | undefined;
}

function largestValues(count: number): LargestValues {
  let kept = new Float64Array();
  let parts: (Float32Array | Float64Array)[] = [];
  let waiting = 0;
  const merge = (): void => {
    const all = new Float64Array(kept.length + waiting);
    all.set(kept);
    let at = kept.length;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    kept = all.sort().slice(-count);
    parts = [];
    waiting = 0;
  };
  return {
    add: (values) => {
      parts.push(values);
      waiting += values.length;
      if (waiting > count) merge();
    },
    at: (rank) => {
      merge();
      return kept.at(-1 - rank);
    },
  };
}
