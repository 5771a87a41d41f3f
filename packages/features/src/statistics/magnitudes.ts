/** How large the values of each latent are. Counts and sums are exact, so that they do not depend on how the rows were divided. */
export interface Magnitudes {
  /** Largest |value|, `[Q]`. */
  readonly maxima: Float32Array;
  /** Firings by half-octave of |value|, `[Q, 256]`. */
  readonly bins: Uint32Array;
  /** Sums of |value| by octave, `[Q, 128]`: float32 numbers of one octave add up in float64 without rounding, 2^29 of them. */
  readonly sums: Float64Array;
}

/** Octaves that are told apart, from 2^-64; what is smaller counts with the first. */
export const OCTAVES = 128;
const LOWEST = -64;
/** Half-octaves that are told apart. */
export const BINS: number = 2 * OCTAVES;
/** The float32 at the middle of an octave. */
const MIDDLE = Math.fround(Math.SQRT2);

/** Lower edge of a half-octave; the first holds all down to 0. */
export const binEdge = (bin: number): number =>
  bin === 0 ? 0 : 2 ** (LOWEST + (bin >> 1)) * (bin % 2 === 0 ? 1 : MIDDLE);

/** Nothing seen yet. */
export const noMagnitudes = (latents: number): Magnitudes => ({
  maxima: new Float32Array(latents),
  bins: new Uint32Array(latents * BINS),
  sums: new Float64Array(latents * OCTAVES),
});

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Adds a firing, in place. */
export function addMagnitude({ maxima, bins, sums }: Magnitudes, latent: number, magnitude: number): void {
  float[0] = magnitude;
  const exponent = ((bits[0] as number) >>> 23) - 127;
  const octave = Math.max(0, exponent - LOWEST);
  const upper = octave === exponent - LOWEST && ((bits[0] as number) & 0x7fffff) >= 0x3504f3 ? 1 : 0;
  const bin = latent * BINS + 2 * octave + upper;
  const sum = latent * OCTAVES + octave;
  bins[bin] = (bins[bin] as number) + 1;
  sums[sum] = (sums[sum] as number) + magnitude;
  if (magnitude > (maxima[latent] as number)) maxima[latent] = magnitude;
}

/** Both together. */
export const mergeMagnitudes = (a: Magnitudes, b: Magnitudes): Magnitudes => ({
  maxima: a.maxima.map((value, i) => Math.max(value, b.maxima[i] as number)),
  bins: a.bins.map((count, i) => count + (b.bins[i] as number)),
  sums: a.sums.map((sum, i) => sum + (b.sums[i] as number)),
});

/** Firings of a latent. */
export const countOf = ({ bins }: Magnitudes, latent: number): number =>
  bins.subarray(latent * BINS, (latent + 1) * BINS).reduce((total, count) => total + count, 0);

/** Sum of |value| of a latent. */
export const sumOf = ({ sums }: Magnitudes, latent: number): number =>
  sums.subarray(latent * OCTAVES, (latent + 1) * OCTAVES).reduce((total, sum) => total + sum, 0);
