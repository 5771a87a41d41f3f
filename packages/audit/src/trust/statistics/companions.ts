import type { LatentView } from "../latentView.js";
import type { TrustSample } from "../trustSample.js";

/** How often the others fire together with a latent. */
export interface Companions {
  /** Firings of the latent. */
  readonly own: number;
  /** Latents that fire with it. */
  readonly others: Int32Array;
  /** How often each does. */
  readonly together: Int32Array;
}

const counted = new WeakMap<TrustSample, { readonly counts: Int32Array; latent: number; found: Companions }>();

/** Counts them; asked again for the same latent, it gives what it has counted. */
export function companions({ sample, latent, rows }: LatentView): Companions {
  const known = counted.get(sample);
  if (known?.latent === latent) return known.found;
  const counts = known?.counts ?? new Int32Array(sample.latents);
  const { offsets, latents } = sample.codes;
  const seen: number[] = [];
  for (const row of rows) {
    for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) {
      const other = latents[at] as number;
      if (other === latent) continue;
      if (counts[other] === 0) seen.push(other);
      counts[other] = (counts[other] as number) + 1;
    }
  }
  const found = {
    own: rows.length,
    others: Int32Array.from(seen),
    together: Int32Array.from(seen, (other) => counts[other] as number),
  };
  for (const other of seen) counts[other] = 0;
  counted.set(sample, { counts, latent, found });
  return found;
}

/** Firings of a latent in all samples. */
export const firingsOf = ({ firings: { starts } }: TrustSample, latent: number): number =>
  (starts[latent + 1] as number) - (starts[latent] as number);
