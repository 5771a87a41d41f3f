import { meanOf, type RowGroup } from "../groups.js";
import { percent } from "./words.js";

/** Why a method finds few features, by what its rows show most of; the most telling reason first. */
export function failure(group: RowGroup): string {
  const of = (quantity: Parameters<typeof meanOf>[1]): number => meanOf(group, quantity);
  const [fvu, l0, trueL0] = [
    of((r) => r.metrics.fvu ?? Number.NaN),
    of((r) => r.metrics.l0),
    of((r) => r.metrics.trueL0),
  ];
  const dead = of((r) => r.metrics.deadFraction);
  const composite = of((r) => r.metrics.latents.composite);
  const mixed = of((r) => r.metrics.latents.none + r.metrics.latents.dense);
  const several = of((r) => r.metrics.latents.split + r.metrics.latents.duplicate);
  if (fvu > 0.5) return `it has not learned the data (it misses ${percent(fvu)} of the variance)`;
  if (dead > 0.5) return `${percent(dead)} of its latents never fire`;
  if (l0 > 3 * trueL0)
    return `its code is too dense (${l0.toFixed(1)} active latents for ${trueL0.toFixed(1)} features)`;
  if (composite > Math.max(mixed, several))
    return `${percent(composite)} of its latents hold a feature summed with its parents`;
  if (several > mixed) return `${percent(several)} of its latents share a feature with another latent`;
  return `${percent(mixed)} of its latents are mixtures that match no feature`;
}
