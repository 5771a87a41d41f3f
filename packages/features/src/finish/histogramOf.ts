import type { Histogram } from "../featureRecord.js";
import { BINS, binEdge, type Magnitudes } from "../statistics/magnitudes.js";

/** How the magnitudes of a latent are spread, from the first half-octave that occurs to the last. */
export function histogramOf({ bins }: Magnitudes, latent: number): Histogram {
  const own = bins.subarray(latent * BINS, (latent + 1) * BINS);
  const first = own.findIndex((count) => count > 0);
  if (first < 0) return { edges: [], counts: [] };
  const last = own.findLastIndex((count) => count > 0);
  return {
    edges: Array.from({ length: last - first + 2 }, (_, i) => binEdge(first + i)),
    counts: [...own.subarray(first, last + 1)],
  };
}
