import type { SparseRows } from "@monosema/tensor";
import type { BenchBatch } from "./batches.js";
import { synthesizer } from "./synthesize.js";

/** Directions that samples are made of. */
export interface BatchDirections {
  /** Number of features. */
  readonly n: number;
  /** Width of the input. */
  readonly nP: number;
  /** Width of the target. */
  readonly nR: number;
  /** `[n, nP]` row-major. */
  readonly features: Float64Array | Float32Array;
  /** `[n, nR]` row-major; the same array as `features` where the target is the input. */
  readonly targetFeatures: Float64Array | Float32Array;
  /** Added to every input, `[nP]`. */
  readonly bias?: Float64Array;
}

/** A function from coefficients to a batch; its memory, a float32 copy of the directions, is taken at the first call. */
export function batchMaker(directions: BatchDirections): (coefficients: SparseRows) => BenchBatch {
  const { n, nP, nR, features, targetFeatures, bias } = directions;
  let input: ReturnType<typeof synthesizer> | undefined;
  let target: ReturnType<typeof synthesizer> | undefined;
  return (coefficients) => {
    input ??= synthesizer(features, n, nP, bias);
    if (targetFeatures !== features) target ??= synthesizer(targetFeatures, n, nR);
    return {
      size: coefficients.offsets.length - 1,
      input: input(coefficients),
      ...(target === undefined ? {} : { target: target(coefficients) }),
    };
  };
}
