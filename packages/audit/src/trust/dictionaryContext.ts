import type { Named } from "./additive.js";
import type { TrustSample } from "./trustSample.js";

/** Statistics whose median over the latents says something of every one. */
const medians = ["strongFit", "share", "meanShift", "halves", "gain", "weakest", "tails"];

/** Numbers of a dictionary as a whole that the scores of its latents rest on too. */
export function dictionaryContext(
  { latents, width, samples, energy, codes, firings: { starts } }: TrustSample,
  statistics: Readonly<Record<string, Float64Array>>,
): Named {
  const silent = Array.from({ length: latents }, (_, q) => starts[q] === starts[q + 1]).filter(Boolean).length;
  return {
    fvu: energy.variance > 0 ? Math.min(2, energy.residual / energy.variance) : Number.NaN,
    l0: codes.latents.length / samples,
    density: Math.log((codes.latents.length + 1) / samples / width),
    latentsPerDimension: Math.log(latents / width),
    dead: silent / latents,
    ...Object.fromEntries(medians.map((name) => [`median ${name}`, median(statistics[name] ?? new Float64Array(0))])),
  };
}

function median(values: Float64Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  return sorted.length === 0 ? Number.NaN : (sorted[Math.floor(sorted.length / 2)] as number);
}
