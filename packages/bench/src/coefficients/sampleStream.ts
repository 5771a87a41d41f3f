import { portableLog, streamKeys } from "@monosema/tensor";
import { openKernels } from "../kernels/kernels.js";

/** The random numbers of one sample after another; the same as those of the `Random` streams named after the samples. */
export interface SampleStream {
  /** Goes to the first number of the stream `random(seed, "coefficients", set, sample)`. */
  open(set: string, sample: number): void;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal, by the polar method (Marsaglia & Bray 1964). */
  normal(): number;
  /** Exponential with mean 1. */
  exponential(): number;
}

const BLOCKS = 32;

/** A stream that reads 64 uniform numbers ahead; one for each thread. */
export function sampleStream(seed: number): SampleStream {
  const kernels = openKernels(BLOCKS * 16);
  const numbers = new Float64Array(kernels.buffer, 0, 2 * BLOCKS);
  const keysOfSet = new Map<string, ReturnType<typeof streamKeys>>();
  let [key0, key1, prefix0, prefix1] = [0, 0, 0, 0];
  let next = 0;
  let used = 2 * BLOCKS;
  const spare = Float64Array.of(Number.NaN); // A captured number that changes would be allocated anew each time.

  const uniform = (): number => {
    if (used === 2 * BLOCKS) {
      kernels.uniforms(key0, key1, prefix0, prefix1, next, BLOCKS, 0);
      next += BLOCKS;
      used = 0;
    }
    return numbers[used++] as number;
  };
  const normal = (): number => {
    const kept = spare[0] as number;
    if (!Number.isNaN(kept)) {
      spare[0] = Number.NaN;
      return kept;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * portableLog(s)) / s);
        spare[0] = v * factor;
        return u * factor;
      }
    }
  };
  return {
    open(set, sample) {
      let keys = keysOfSet.get(set);
      if (keys === undefined) {
        keys = streamKeys(seed, "coefficients", set);
        keysOfSet.set(set, keys);
      }
      ({ key0, key1, prefix0, prefix1 } = keys(sample));
      next = 0;
      used = 2 * BLOCKS;
      spare[0] = Number.NaN;
    },
    uniform,
    normal,
    exponential: () => -portableLog(1 - uniform()),
  };
}
