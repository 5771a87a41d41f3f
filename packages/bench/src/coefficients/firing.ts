import type { SampleStream } from "./sampleStream.js";
import { skipGroups } from "./skipGroups.js";

/** Draws which features fire in one sample. */
export interface Firing {
  /** Starts a sample: writes the firing features without parents, in any order, and returns their number. */
  start(stream: SampleStream, out: Int32Array): number;
  /** Writes which of `size` siblings from `first` on fire, given that their parent does, and returns their number. */
  children(first: number, size: number, stream: SampleStream, out: Int32Array): number;
}

/**
 * Independent firings. In each group of features with similar rates, candidates are drawn by geometric gaps at the largest rate and
 * accepted by their share of it. Cost: little more than the number of firing features, not n.
 *
 * @param isTop - whether a feature has no parent
 */
export function independentFiring(rates: Float64Array, isTop: (feature: number) => boolean): Firing {
  const { features, groups } = skipGroups(rates.map((rate, i) => (isTop(i) ? rate : 0)));
  return {
    start: (stream, out) => {
      let count = 0;
      for (const { start, end, bound, next } of groups) {
        for (let at = next(start - 1, stream); at < end; at = next(at, stream)) {
          const feature = features[at] as number;
          const share = (rates[feature] as number) / bound;
          if (share === 1 || stream.uniform() < share) out[count++] = feature;
        }
      }
      return count;
    },
    children: (first, size, stream, out) => {
      let count = 0;
      for (let child = first; child < first + size; child++) {
        if (stream.uniform() < (rates[child] as number)) out[count++] = child;
      }
      return count;
    },
  };
}
