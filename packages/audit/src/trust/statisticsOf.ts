import { latentViews } from "./latentView.js";
import { latentStatistics } from "./statistics.js";
import type { TrustSample } from "./trustSample.js";

/**
 * All statistics of all latents, `[Q]` each.
 *
 * @param fewest - firings below which a latent has none, and NaN stands for them
 */
export function statisticsOf(sample: TrustSample, fewest: number): Readonly<Record<string, Float64Array>> {
  const { latents, firings } = sample;
  const result = Object.fromEntries(
    latentStatistics.map(({ name }) => [name, new Float64Array(latents).fill(Number.NaN)]),
  );
  const viewOf = latentViews(sample);
  for (let latent = 0; latent < latents; latent++) {
    if ((firings.starts[latent + 1] as number) - (firings.starts[latent] as number) < fewest) continue;
    const view = viewOf(latent);
    for (const { name, of } of latentStatistics) (result[name] as Float64Array)[latent] = of(view);
  }
  return result;
}
