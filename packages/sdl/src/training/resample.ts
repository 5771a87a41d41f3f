import { type Backend, type Parameter, random } from "@monosema/tensor";
import { kindOf } from "../activations/table.js";
import type { ArrayName, LatentVector } from "../arrays.js";
import type { Batch } from "../batch.js";
import { blockOf, type Support, supportOf } from "../layers.js";
import { type Parameters, parameterShapes } from "../parameters.js";
import type { SdlSpec } from "../spec.js";
import { transcodes } from "../transcodes.js";

/** Resampling of dead latents: new directions where the reconstruction is worst (Bricken et al. 2023). */
export interface Resampling {
  /** Steps between resamplings. */
  readonly every: number;
  /** Last step at which it happens. Default: no limit. */
  readonly until?: number;
  /** A sample is drawn with probability proportional to its squared error to this power. Default 1; 2 is the published recipe. */
  readonly power?: number;
  /** Direction of the new rows: the residual x_r - x_hat (default), or the sample itself. */
  readonly direction?: "residual" | "input";
  /** `median`: the median norms of decoder and encoder rows (default); `published`: 1 and .2 times the mean encoder norm of live latents. */
  readonly norms?: "median" | "published";
  /** Samples that are scored. Default 8192. */
  readonly samples?: number;
}

/** A scored sample set. */
export interface Scored {
  /** The samples. */
  readonly batch: Batch;
  /** x_r - x_hat `[B, R]`. */
  readonly residual: Float32Array | Float64Array;
}

/**
 * Replaces the rows of dead latents, zeroes their Adam moments, and puts the vectors of the activation back to their start. A latent of
 * a cross-layer transcoder takes the part of its sample that it can read and write.
 *
 * @param dead - latents to replace, ascending
 * @param scored - samples with their residuals
 * @param key - seed and step of the draw
 * @returns the latents that were replaced: the first ones, where samples with an error are fewer than dead latents
 */
export async function resample(
  backend: Backend,
  spec: SdlSpec,
  parameters: Parameters,
  dead: Int32Array,
  scored: readonly Scored[],
  { power = 1, direction = "residual", norms = "median" }: Resampling,
  key: { readonly seed: number; readonly step: number },
): Promise<Int32Array> {
  const { nP, nR, nQ } = spec;
  const chosen = drawSamples(scored, nR, dead.length, power, key);
  if (chosen.length === 0) return new Int32Array();
  const latents = dead.subarray(0, chosen.length);
  const encoderNorms = await rowNorms(backend, parameters.encoder);
  const decoderNorms = await rowNorms(backend, parameters.decoder);
  const isDead = new Set(dead);
  const alive = Array.from({ length: nQ }, (_, i) => i).filter((i) => !isDead.has(i));
  const published = norms === "published";
  const encoderNorm = published ? 0.2 * mean(alive.map((i) => encoderNorms[i] as number)) : median(encoderNorms);
  const decoderNorm = published || spec.unitNormDecoder ? 1 : median(decoderNorms);

  const [reads, writes] = [supportOf(spec, "encoder"), supportOf(spec, "decoder")];
  const encoder = new Float32Array(chosen.length * nP);
  const decoder = new Float32Array(chosen.length * nR);
  chosen.forEach(({ of, sample }, i) => {
    const { batch, residual } = scored[of] as Scored;
    const input = batch.input.subarray(sample * nP, (sample + 1) * nP);
    const error = residual.subarray(sample * nR, (sample + 1) * nR);
    const target = (batch.target ?? batch.input).subarray(sample * nR, (sample + 1) * nR);
    const ownDirection = transcodes(spec) || direction === "input";
    const latent = latents[i] as number;
    setRow(encoder, i, within(ownDirection ? input : error, reads, latent), encoderNorm);
    setRow(decoder, i, within(direction === "input" ? target : error, writes, latent), decoderNorm);
  });
  const rows: { readonly [name in ArrayName]?: Float32Array } = spec.tied ? { encoder: decoder } : { encoder, decoder };
  const { vectors } = kindOf(spec.activation);
  backend.scope(() => {
    for (const [name, shape] of parameterShapes(spec)) {
      const parameter = parameters[name];
      if (parameter === undefined || name === "decoderBias" || name === "skip") continue;
      const width = shape[1];
      const start = vectors[name as LatentVector]?.start?.(spec.activation) ?? 0;
      const values = rows[name] ?? new Float32Array(latents.length).fill(start);
      backend.setRows(
        parameter,
        latents,
        backend.tensor(values, width === undefined ? [latents.length] : [latents.length, width]),
      );
    }
  });
  return latents;
}

async function rowNorms(backend: Backend, { value }: Parameter): Promise<Float32Array | Float64Array> {
  const norms = backend.rowNorms(value);
  try {
    return await backend.read(norms);
  } finally {
    backend.dispose(norms);
  }
}

interface Drawn {
  readonly of: number;
  readonly sample: number;
}

/** Weighted draw without replacement by exponential keys (Efraimidis & Spirakis 2006); samples with zero error are never drawn. */
function drawSamples(
  scored: readonly Scored[],
  nR: number,
  count: number,
  power: number,
  { seed, step }: { readonly seed: number; readonly step: number },
): readonly Drawn[] {
  const stream = random(seed, "resample", step);
  const keyed = scored.flatMap(({ residual, batch }, of) =>
    Array.from({ length: batch.size }, (_, sample) => {
      let loss = 0;
      for (let d = 0; d < nR; d++) loss += (residual[sample * nR + d] as number) ** 2;
      return { of, sample, key: stream.exponential() / loss ** power, loss };
    }),
  );
  return keyed
    .filter(({ loss }) => loss > 0)
    .sort((a, b) => a.key - b.key)
    .slice(0, count);
}

/** The part of a direction that lies in the support of a latent. */
function within(direction: Float32Array | Float64Array, support: Support, latent: number): Float32Array | Float64Array {
  const block = support && blockOf(support, latent);
  return block ? direction.map((value, d) => (d >= block.from && d < block.to ? value : 0)) : direction;
}

function setRow(out: Float32Array, row: number, direction: Float32Array | Float64Array, norm: number): void {
  let squares = 0;
  for (const value of direction) squares += value * value;
  const factor = squares > 0 ? norm / Math.sqrt(squares) : 0;
  out.set(
    direction.map((value) => value * factor),
    row * direction.length,
  );
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

function median(values: Float32Array | Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
