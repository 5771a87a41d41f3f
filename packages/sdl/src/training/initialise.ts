import { type Random, random } from "@monosema/tensor";
import { kindOf } from "../activations/table.js";
import type { LatentVector } from "../arrays.js";
import type { Batch } from "../batch.js";
import { columnMeans } from "../columnMeans.js";
import { clearOutside, type Support, supportOf } from "../layers.js";
import type { Weights } from "../model.js";
import { parameterShapes } from "../parameters.js";
import type { SdlSpec } from "../spec.js";
import { transcodes } from "../transcodes.js";

/** How encoder and decoder start. */
export interface Initialisation {
  /**
   * `kaiming` (default): U(+-1/sqrt(P)) and U(+-1/sqrt(Q)), small decoder rows; `tied`: Gaussian unit rows times `scale` on both sides
   * (transcoders: independent rows); `unit`: independent unit rows; `xavier`: U(+-sqrt(6/(Q + width))); `data`: normalised samples.
   * In cross-layer transcoders P of an encoder row is the width of its layer's source, and what latents do not read or write is 0.
   */
  readonly kind?: "kaiming" | "tied" | "unit" | "xavier" | "data";
  /** Norm of `tied` rows. Default 1. */
  readonly scale?: number;
  /** Start of b_dec: `zero` (default), or `mean` or `median` (geometric) of the targets of the first batch. */
  readonly decoderBias?: "zero" | "mean" | "median";
}

/**
 * Seeded weights of step 0.
 *
 * @param first - the first batch, for `data` and for b_dec
 * @param mean - target mean over all data `[R]`, used by `mean` instead of the batch's where it is known
 */
export function initialWeights(
  spec: SdlSpec,
  seed: number,
  { kind = "kaiming", scale = 1, decoderBias = "zero" }: Initialisation,
  first: Batch,
  mean?: Float32Array | Float64Array,
): Weights {
  const { nP, nR, nQ } = spec;
  const weights: { -readonly [name in keyof Weights]?: Float32Array } = {};
  for (const [name, shape] of parameterShapes(spec)) {
    weights[name] = new Float32Array(shape.reduce((a, b) => a * b, 1));
  }
  const encoder = weights.encoder as Float32Array;
  const decoder = weights.decoder ?? encoder;
  const [reads, writes] = [supportOf(spec, "encoder"), supportOf(spec, "decoder")];
  const stream = (name: string): Random => random(seed, "init", name);
  if (kind === "kaiming" || kind === "xavier") {
    const draws = stream("encoder");
    let start = 0;
    for (const layer of spec.layers ?? [spec]) {
      const end = start + layer.nQ * nP;
      const bound = kind === "kaiming" ? layer.nP ** -0.5 : Math.sqrt(6 / (layer.nQ + layer.nP));
      fillUniform(encoder.subarray(start, end), draws, bound);
      start = end;
    }
    if (!spec.tied) fillUniform(decoder, stream("decoder"), kind === "kaiming" ? nQ ** -0.5 : Math.sqrt(6 / (nQ + nR)));
    clearOutside(encoder, nP, reads);
    clearOutside(decoder, nR, writes);
  } else if (kind === "data") {
    fillSamples(encoder, decoder, nQ, first, stream("data"));
    clearOutside(encoder, nP, reads);
    clearOutside(decoder, nR, writes);
    normaliseRows(encoder, nP);
    if (decoder !== encoder) normaliseRows(decoder, nR);
  } else {
    const norm = kind === "tied" ? scale : 1;
    fillUnitRows(encoder, nP, stream("encoder"), norm, reads);
    if (kind === "tied" && !transcodes(spec)) decoder.set(encoder);
    else if (!spec.tied) fillUnitRows(decoder, nR, stream("decoder"), norm, writes);
  }
  if (spec.unitNormDecoder) normaliseRows(decoder, nR);
  if (weights.decoderBias && decoderBias !== "zero") {
    const target = first.target ?? first.input;
    weights.decoderBias.set(decoderBias === "mean" ? (mean ?? columnMeans(target, nR)) : geometricMedian(target, nR));
  }
  for (const [name, rule] of Object.entries(kindOf(spec.activation).vectors)) {
    weights[name as LatentVector]?.fill(rule.start?.(spec.activation) ?? 0);
  }
  return { ...weights, encoder, decoder } as Weights;
}

function fillUniform(out: Float32Array, stream: Random, bound: number): void {
  for (let i = 0; i < out.length; i++) out[i] = bound * (2 * stream.uniform() - 1);
}

function fillUnitRows(out: Float32Array, width: number, stream: Random, norm: number, support: Support): void {
  for (let i = 0; i < out.length; i++) out[i] = stream.normal();
  clearOutside(out, width, support);
  normaliseRows(out, width, norm);
}

/** Scales each row to `norm`; zero rows stay. Also in numerics, whose LP solver nobody should install in order to train. */
export function normaliseRows(rows: Float32Array, width: number, norm: number = 1): void {
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    let squares = 0;
    for (const value of row) squares += value * value;
    const length = Math.sqrt(squares);
    if (length > 0) for (let d = 0; d < width; d++) row[d] = ((row[d] as number) * norm) / length;
  }
}

function fillSamples(encoder: Float32Array, decoder: Float32Array, nQ: number, first: Batch, stream: Random): void {
  const { input, target = input, size } = first;
  const [nP, nR] = [input.length / size, target.length / size];
  const usable = Array.from({ length: size }, (_, b) => b).filter(
    (b) =>
      input.subarray(b * nP, (b + 1) * nP).some((v) => v !== 0) &&
      target.subarray(b * nR, (b + 1) * nR).some((v) => v !== 0),
  );
  if (usable.length === 0)
    throw new RangeError(
      `initialWeights: \`data\` needs a sample that is not zero, got ${size} zero samples; use kaiming`,
    );
  for (let i = 0; i < nQ; i++) {
    const b = usable[stream.integer(usable.length)] as number;
    encoder.set(input.subarray(b * nP, (b + 1) * nP), i * nP);
    if (decoder !== encoder) decoder.set(target.subarray(b * nR, (b + 1) * nR), i * nR);
  }
}

/**
 * Geometric median of the rows `[B, width]` by Weiszfeld's iteration; the weight of a row equal to the guess is bounded, so repeated
 * points stay finite.
 */
export function geometricMedian(
  rows: Float32Array | Float64Array,
  width: number,
  iterations: number = 100,
): Float64Array {
  let guess = columnMeans(rows, width);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const next = new Float64Array(width);
    let total = 0;
    for (let start = 0; start < rows.length; start += width) {
      let squares = 0;
      for (let d = 0; d < width; d++) squares += ((rows[start + d] as number) - (guess[d] as number)) ** 2;
      const weight = 1 / Math.max(Math.sqrt(squares), 1e-9);
      total += weight;
      for (let d = 0; d < width; d++) next[d] = (next[d] as number) + weight * (rows[start + d] as number);
    }
    let moved = 0;
    for (let d = 0; d < width; d++) {
      next[d] = (next[d] as number) / total;
      moved = Math.max(moved, Math.abs((next[d] as number) - (guess[d] as number)));
    }
    guess = next;
    if (moved < 1e-9) break;
  }
  return guess;
}
