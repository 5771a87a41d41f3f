import type { RowSample } from "../statistics/rowSample.js";

/** Sampled codes by latent. */
export interface LatentCodes {
  /** Latent q has the entries `offsets[q]` to `offsets[q + 1] - 1`, `[Q + 1]`. */
  readonly offsets: Int32Array;
  /** Place of the row in the sample, ascending in a latent. */
  readonly places: Int32Array;
  /** Magnitudes. */
  readonly magnitudes: Float32Array;
}

/** Turns codes by row into codes by latent. */
export function latentCodes({ codes }: RowSample, latents: number): LatentCodes {
  const offsets = new Int32Array(latents + 1);
  for (const latent of codes.latents) offsets[latent + 1] = (offsets[latent + 1] as number) + 1;
  for (let q = 0; q < latents; q++) offsets[q + 1] = (offsets[q + 1] as number) + (offsets[q] as number);
  const next = offsets.slice();
  const places = new Int32Array(codes.latents.length);
  const magnitudes = new Float32Array(codes.latents.length);
  for (let place = 0; place + 1 < codes.offsets.length; place++) {
    for (let e = codes.offsets[place] as number; e < (codes.offsets[place + 1] as number); e++) {
      const latent = codes.latents[e] as number;
      const at = next[latent] as number;
      places[at] = place;
      magnitudes[at] = Math.abs(codes.values[e] as number);
      next[latent] = at + 1;
    }
  }
  return { offsets, places, magnitudes };
}
