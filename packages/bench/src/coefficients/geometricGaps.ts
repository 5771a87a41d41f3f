import type { SampleStream } from "./sampleStream.js";

/** The next success after a position in independent trials; may lie far past the last trial. */
export type GeometricGaps = (position: number, stream: SampleStream) => number;

const BUCKETS = 256;
const LONGEST = 1024;

/**
 * Gaps between successes of trials with one probability, by inversion: a table of the probabilities to stay silent, and where to begin in
 * it for each 256th of the unit interval. A gap past the table goes on from its end, since the geometric distribution has no memory.
 *
 * @param rate - probability of a success, above 0
 * @param trials - number of trials; how far a table is of use
 */
export function geometricGaps(rate: number, trials: number): GeometricGaps {
  const length = Math.min(trials, LONGEST);
  const silent = new Float64Array(length + 1).fill(1); // silent[j]: no success in j trials.
  for (let j = 1; j <= length; j++) silent[j] = (silent[j - 1] as number) * (1 - rate);
  const first = new Int32Array(BUCKETS);
  for (let bucket = BUCKETS - 1, j = 0; bucket >= 0; bucket--) {
    while (j < length && (silent[j + 1] as number) > (bucket + 1) / BUCKETS) j++;
    first[bucket] = j;
  }
  return (position, stream) => {
    for (let from = position + 1; ; from += length) {
      const u = stream.uniform();
      let j = first[Math.floor(u * BUCKETS)] as number;
      while (j < length && (silent[j + 1] as number) > u) j++;
      if (j < length || from > position + trials) return from + j;
    }
  };
}
