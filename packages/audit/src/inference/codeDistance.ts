import { type Mat, norm, row } from "@monosema/numerics";
import type { SparseRows } from "@monosema/tensor";
import type { CodeDetermination } from "./codeDetermination.js";
import type { ComparedCodes } from "./comparedCodes.js";

/** Distances between codes of one sample, in units of unit decoder rows, divided by the root mean square norm of the encoder's codes. */
export interface CodeDistance {
  /** Root mean square distance of encoder and matching pursuit; null where no latent is active. */
  readonly observed: number | null;
  /**
   * 2 eps / sigma with the encoder's root mean square error eps and the median smallest singular value sigma over
   * `determination`: two codes with that error on such a union are no farther apart. Of 1 and more it holds nothing.
   * Null where sigma is 0, or no latent is active.
   */
  readonly bound: number | null;
}

/** The distance of the codes of encoder and matching pursuit, and what a determination allows any two codes. */
export function codeDistance(
  decoder: Mat,
  { encoder, omp }: ComparedCodes,
  determination: CodeDetermination | null,
): CodeDistance {
  const samples = encoder.energies.length;
  let [size, apart] = [0, 0];
  for (let b = 0; b < samples; b++) {
    const difference = new Map<number, number>();
    for (const [latent, value] of entries(decoder, encoder.codes, b)) {
      size += value ** 2;
      difference.set(latent, value);
    }
    for (const [latent, value] of entries(decoder, omp.codes, b)) {
      difference.set(latent, (difference.get(latent) ?? 0) - value);
    }
    for (const value of difference.values()) apart += value ** 2;
  }
  if (size === 0) return { observed: null, bound: null };
  const energy = encoder.energies.reduce((total, value) => total + value, 0);
  const sigma = determination?.smallest.median ?? 0;
  return { observed: Math.sqrt(apart / size), bound: sigma === 0 ? null : (2 * Math.sqrt(energy / size)) / sigma };
}

/** Latents of a sample with their values in units of unit decoder rows. */
function* entries(decoder: Mat, { offsets, latents, values }: SparseRows, b: number): Generator<[number, number]> {
  for (let at = offsets[b] as number; at < (offsets[b + 1] as number); at++) {
    const latent = latents[at] as number;
    yield [latent, (values[at] as number) * norm(row(decoder, latent))];
  }
}
