import { type NearestRows, nearestRows } from "@monosema/bench";
import { type Mat, norm, row } from "@monosema/numerics";
import { columnMeans } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import { kurtosisAlong } from "./kurtosisAlong.js";

/** A dictionary and samples with its codes, as the statistics of trust need them. */
export interface TrustSample {
  /** Latents Q. */
  readonly latents: number;
  /** Output width R. */
  readonly width: number;
  /** Samples N. */
  readonly samples: number;
  /** Unit decoder rows, 0 where a row is 0, `[Q, R]`. */
  readonly unit: Float32Array;
  /** Cosine of encoder and decoder row, and their inner product, `[Q]`; null where they lie in different spaces. */
  readonly encoder: EncoderFit | null;
  /** Samples without the bias of the decoder, `[N, R]`. */
  readonly targets: Float32Array;
  /** Their mean, `[R]`. */
  readonly mean: Float64Array;
  /** What the dictionary leaves of them, `[N, R]`. */
  readonly residual: Float32Array;
  /** Sum of squares of the samples about their mean, and of the residuals. */
  readonly energy: SampleEnergy;
  /** Firings by latent: those of latent q stand from `starts[q]` to `starts[q + 1] - 1`. */
  readonly firings: Firings;
  /** Kurtosis of the samples along each unit decoder row, over at most 4,000 of them, `[Q]`; 0 where they do not vary. */
  readonly kurtosis: Float64Array;
  /** Active latents by sample. */
  readonly codes: SparseRows;
  /** The nearest other decoder rows of each latent. */
  readonly nearest: NearestRows;
}

/** Encoder beside decoder rows. */
export interface EncoderFit {
  /** Cosine of both, `[Q]`. */
  readonly cosine: Float64Array;
  /** Their inner product, `[Q]`. */
  readonly gain: Float64Array;
}

/** Sums of squares over samples. */
export interface SampleEnergy {
  /** Of the samples, about their mean. */
  readonly variance: number;
  /** Of the residuals. */
  readonly residual: number;
}

/** Firings by latent. */
export interface Firings {
  /** Where those of each latent begin, and the end, `[Q + 1]`. */
  readonly starts: Int32Array;
  /** Sample of each firing. */
  readonly rows: Int32Array;
  /** Code times length of the decoder row. */
  readonly sizes: Float32Array;
}

/** What {@link trustSample} is made of. */
export interface TrustInput {
  /** `[Q, P]`, rows of length 1 or not. */
  readonly encoder: Mat;
  /** `[Q, R]`. */
  readonly decoder: Mat;
  /** Whether encoder and decoder rows lie in one space; default where they are of one width. */
  readonly sameSpace?: boolean;
  /** Samples without the bias of the decoder, `[N, R]`. */
  readonly targets: Float32Array;
  /** Their codes; entries that are not positive do not count. */
  readonly codes: SparseRows;
}

/** Nearest decoder rows that are looked at. */
const NEIGHBOURS = 20;

/** Prepares the statistics: residuals, firings by latent, and neighbours among the latents that fire. */
export async function trustSample(backend: Backend, input: TrustInput): Promise<TrustSample> {
  const { decoder, encoder, sameSpace = encoder.cols === decoder.cols, targets } = input;
  const { rows: latents, cols: width } = decoder;
  const samples = targets.length / width;
  const lengths = Float64Array.from({ length: latents }, (_, q) => norm(row(decoder, q)));
  const unit = new Float32Array(latents * width);
  for (let q = 0; q < latents; q++) {
    const scale = lengths[q] === 0 ? 0 : 1 / (lengths[q] as number);
    for (let r = 0; r < width; r++) unit[q * width + r] = (decoder.data[q * width + r] as number) * scale;
  }
  const codes = sized(input.codes, lengths);
  const firings = byLatent(codes, latents);
  const alive = unit.slice();
  for (let q = 0; q < latents; q++) {
    if (firings.starts[q] === firings.starts[q + 1]) alive.fill(0, q * width, (q + 1) * width);
  }
  const residual = residuals(targets, codes, unit, width);
  const mean = columnMeans(targets, width);
  let [variance, left] = [0, 0];
  for (let at = 0; at < targets.length; at++) {
    variance += ((targets[at] as number) - (mean[at % width] as number)) ** 2;
    left += (residual[at] as number) ** 2;
  }
  const near = { count: NEIGHBOURS, excludeSelf: true };
  return {
    ...{ latents, width, samples, unit, targets, mean, residual, firings, codes },
    energy: { variance, residual: left },
    encoder: sameSpace ? encoderFit(encoder, decoder, lengths) : null,
    kurtosis: await kurtosisAlong(backend, unit, targets, width),
    nearest: await nearestRows(
      backend,
      { values: unit, count: latents },
      { values: alive, count: latents },
      width,
      near,
    ),
  };
}

/** Positive codes times the lengths of the decoder rows. */
function sized({ offsets, latents, values }: SparseRows, lengths: Float64Array): SparseRows {
  const kept: { offsets: number[]; latents: number[]; values: number[] } = { offsets: [0], latents: [], values: [] };
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) {
      const latent = latents[at] as number;
      if (!((values[at] as number) > 0 && (lengths[latent] as number) > 0)) continue;
      kept.latents.push(latent);
      kept.values.push((values[at] as number) * (lengths[latent] as number));
    }
    kept.offsets.push(kept.latents.length);
  }
  return {
    offsets: Int32Array.from(kept.offsets),
    latents: Int32Array.from(kept.latents),
    values: Float32Array.from(kept.values),
  };
}

function byLatent({ offsets, latents, values }: SparseRows, count: number): Firings {
  const starts = new Int32Array(count + 1);
  for (const latent of latents) starts[latent + 1] = (starts[latent + 1] as number) + 1;
  for (let q = 0; q < count; q++) starts[q + 1] = (starts[q + 1] as number) + (starts[q] as number);
  const next = starts.slice();
  const rows = new Int32Array(latents.length);
  const sizes = new Float32Array(latents.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) {
      const latent = latents[at] as number;
      const place = next[latent] as number;
      next[latent] = place + 1;
      rows[place] = row;
      sizes[place] = values[at] as number;
    }
  }
  return { starts, rows, sizes };
}

function residuals(
  targets: Float32Array,
  { offsets, latents, values }: SparseRows,
  unit: Float32Array,
  width: number,
): Float32Array {
  const result = targets.slice();
  const left = new Float64Array(width);
  for (let row = 0; row + 1 < offsets.length; row++) {
    left.set(result.subarray(row * width, (row + 1) * width));
    for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) {
      const from = (latents[at] as number) * width;
      const size = values[at] as number;
      for (let r = 0; r < width; r++) left[r] = (left[r] as number) - size * (unit[from + r] as number);
    }
    result.set(left, row * width);
  }
  return result;
}

function encoderFit(encoder: Mat, decoder: Mat, lengths: Float64Array): EncoderFit {
  const cosine = new Float64Array(encoder.rows);
  const gain = new Float64Array(encoder.rows);
  for (let q = 0; q < encoder.rows; q++) {
    const own = row(encoder, q);
    const there = row(decoder, q);
    let product = 0;
    for (let r = 0; r < there.length; r++) product += (own[r] as number) * (there[r] as number);
    const lengthsOfBoth = norm(own) * (lengths[q] as number);
    gain[q] = product;
    cosine[q] = lengthsOfBoth === 0 ? 0 : product / lengthsOfBoth;
  }
  return { cosine, gain };
}
