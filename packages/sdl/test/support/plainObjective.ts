import { parameterShapes, type SdlSpec, type Weights } from "../../src/index.js";

/** Weights in float64; a tied decoder is the encoder's array. */
export type PlainWeights = { readonly [name in keyof Weights]: Float64Array };

/** One batch; row-major. */
export interface PlainBatch {
  readonly size: number;
  readonly input: Float64Array;
  readonly target: Float64Array;
  /** Latents that AuxK may use. */
  readonly dead?: readonly number[];
}

/** What the gradient holds constant, taken at given weights. */
export interface Detached {
  readonly residual: Float64Array;
  readonly weights: PlainWeights;
}

/** The objective in numbers. */
export interface PlainResult {
  /** Value of each term. */
  readonly parts: Readonly<Record<string, number>>;
  /** Pre-activations `[B, Q]`; gated: pi. */
  readonly z: Float64Array;
  /** Codes `[B, Q]`. */
  readonly f: Float64Array;
  /** Target minus the reconstruction of the last level `[B, R]`. */
  readonly residual: Float64Array;
  /** Distance of the nearest kink: finite differences with smaller steps in z are smooth. */
  readonly margin: () => number;
}

/** Options of {@link plainObjective}. */
export interface PlainOptions {
  /** Detached quantities at other weights than `w`. */
  readonly detached?: Detached;
  /** Adds to one code, to differentiate by it. */
  readonly shift?: { readonly pair: number; readonly by: number };
}

/** The objective in plain loops over dense arrays: no kernels, no gradients. */
export function plainObjective(
  spec: SdlSpec,
  w: PlainWeights,
  batch: PlainBatch,
  { detached, shift }: PlainOptions = {},
): PlainResult {
  const { nP, nR, nQ, biases, terms, activation } = spec;
  const { size, target } = batch;
  const input = biases.subtractDecoderBias ? minusRow(batch.input, w.decoderBias as Float64Array) : batch.input;
  const u = products(input, w.encoder, size, nQ, nP);
  const z = plusRow(u, activation.kind === "gated" ? w.gateBias : w.encoderBias, nQ);
  const { values, levels, kinks } = activated(spec, w, u, z, size);
  const codes = values.slice();
  if (shift) codes[shift.pair] = (codes[shift.pair] as number) + shift.by;
  const c = 2 / (spec.reduction === "sum" ? size : size * nR);
  const squares = (rows: Float64Array): number => (c / 2) * rows.reduce((sum, v) => sum + v * v, 0);
  const base = baseOf(spec, w, batch);

  const weights = levelWeights(spec);
  let reconstruction = 0;
  let residual: Float64Array = new Float64Array();
  weights.forEach((weight, level) => {
    const kept = codes.map((value, pair) => ((levels[pair] as number) <= level ? value : 0));
    residual = minus(target, plus(base, decoded(kept, w.decoder, size, nQ, nR)));
    reconstruction += weight * squares(residual);
  });
  const parts: Record<string, number> = { reconstruction };

  const norms = (blocks: readonly number[]): Float64Array => blockNorms(w.decoder, nQ, blocks);
  if (terms.l1) {
    const { coefficient, weighting = "none" } = terms.l1;
    const v =
      weighting === "none" ? undefined : norms(weighting === "sumOfSources" ? (spec.sources as number[]) : [nR]);
    const signed = activation.kind === "topk" && activation.signed === true;
    parts.l1 =
      (coefficient / size) *
      sumPairs(z, (pre, pair) => {
        const penalised =
          activation.kind === "gated"
            ? Math.max(pre, 0)
            : signed
              ? Math.abs(codes[pair] as number)
              : (codes[pair] as number);
        return penalised * (v ? (v[pair % nQ] as number) : 1);
      });
  }
  if (terms.l0) {
    const { coefficient, loss = "step", target: wanted = 1, scale = 4 } = terms.l0;
    const v = norms([nR]);
    const mean =
      sumPairs(z, (pre, pair) =>
        loss === "tanh"
          ? Math.tanh(scale * (codes[pair] as number) * (v[pair % nQ] as number))
          : Number(pre > at(w.theta, pair % nQ)),
      ) / size;
    parts.l0 = coefficient * (loss === "target" ? (mean / wanted - 1) ** 2 : mean);
  }
  if (activation.kind === "gated") {
    const { weights: held } = detached ?? { weights: w };
    const opened = z.map((pre) => Math.max(pre, 0));
    parts.gatedAuxiliary = squares(
      minus(target, plus(baseOf(spec, held, batch), decoded(opened, held.decoder, size, nQ, nR))),
    );
  }
  if (terms.auxK) {
    const { k = Math.max(1, Math.floor(nP / 2)), coefficient = 1 / 32 } = terms.auxK;
    const chosen = new Float64Array(size * nQ);
    for (let b = 0; b < size; b++) {
      const dead = (batch.dead ?? []).map((i) => b * nQ + i);
      for (const pair of ordered(dead, z).slice(0, k)) chosen[pair] = Math.max(z[pair] as number, 0);
    }
    const error = minus(detached?.residual ?? residual, decoded(chosen, w.decoder, size, nQ, nR));
    parts.auxK = batch.dead?.length ? coefficient * squares(error) : 0;
  }
  if (terms.weightDecay) {
    const matrices = spec.tied ? [w.encoder] : [w.encoder, w.decoder];
    parts.weightDecay = terms.weightDecay * matrices.flatMap((m) => [...m]).reduce((sum, v) => sum + v * v, 0);
  }
  return {
    parts,
    z,
    f: codes,
    residual,
    margin: () => Math.min(...[...z, ...kinks()].map(Math.abs), smallestGap(spec, z)),
  };
}

/** The sum of all terms. */
export const plainLoss = (...args: Parameters<typeof plainObjective>): number =>
  Object.values(plainObjective(...args).parts).reduce((a, b) => a + b, 0);

/** Numbers of a parameter's shape, in a fixed order of names. */
export const namesOf = (spec: SdlSpec): (keyof Weights)[] => [...parameterShapes(spec).keys()];

interface ActivatedPairs {
  readonly values: Float64Array;
  /** Matryoshka level of each pair. */
  readonly levels: Float64Array;
  /** Distances from the points beside z = 0 where the derivative jumps. */
  readonly kinks: () => number[];
}

function activated(spec: SdlSpec, w: PlainWeights, u: Float64Array, z: Float64Array, size: number): ActivatedPairs {
  const { nQ, activation, terms } = spec;
  const values = new Float64Array(z.length);
  const levels = new Float64Array(z.length);
  let kinks = (): number[] => [];
  if (terms.matryoshka?.kind === "prefix") {
    const { widths } = terms.matryoshka;
    levels.forEach((_, pair) => {
      levels[pair] = widths.findIndex((width) => pair % nQ < width);
    });
  }
  const ks = terms.matryoshka?.kind === "multiK" ? terms.matryoshka.ks : undefined;
  const take = (pairs: readonly number[], counts: readonly number[], signed: boolean): void => {
    ordered(pairs, z).forEach((pair, rank) => {
      if (rank >= (counts.at(-1) as number)) return;
      values[pair] = signed ? (z[pair] as number) : Math.max(z[pair] as number, 0);
      if (ks) levels[pair] = counts.findIndex((count) => rank < count);
    });
  };
  switch (activation.kind) {
    case "relu":
      values.set(z.map((pre) => Math.max(pre, 0)));
      break;
    case "jumprelu":
      z.forEach((pre, pair) => {
        if (pre > at(w.theta, pair % nQ)) values[pair] = pre;
      });
      kinks = () =>
        indices(z.length).flatMap((pair) => {
          const excess = (z[pair] as number) - at(w.theta, pair % nQ);
          return [excess, Math.abs(excess) - activation.bandwidth / 2];
        });
      break;
    case "topk":
      for (let b = 0; b < size; b++) {
        take(
          indices(nQ).map((i) => b * nQ + i),
          ks ?? [activation.k],
          activation.signed ?? false,
        );
      }
      break;
    case "batchtopk":
      take(
        indices(z.length),
        (ks ?? [activation.k]).map((k) => Math.floor(k * size)),
        false,
      );
      break;
    case "groupmax": {
      const width = nQ / activation.k;
      for (let first = 0; first < z.length; first += width)
        take(
          indices(width).map((i) => first + i),
          [1],
          false,
        );
      break;
    }
    case "gated": {
      const mu = (pair: number): number =>
        Math.exp(at(w.magnitudeScale, pair % nQ)) * (u[pair] as number) + at(w.magnitudeBias, pair % nQ);
      z.forEach((pi, pair) => {
        if (pi > 0) values[pair] = Math.max(mu(pair), 0);
      });
      kinks = () => indices(z.length).map(mu);
      break;
    }
  }
  return { values, levels, kinks };
}

/** Weights of the levels; 1/m each by default. */
function levelWeights({ terms: { matryoshka } }: SdlSpec): readonly number[] {
  if (matryoshka === undefined) return [1];
  const { length } = matryoshka.kind === "multiK" ? matryoshka.ks : matryoshka.widths;
  return matryoshka.weights ?? indices(length).map(() => 1 / length);
}

/** b_dec and skip, for every sample. */
function baseOf({ nP, nR }: SdlSpec, w: PlainWeights, { input, size }: PlainBatch): Float64Array {
  const skipped = w.skip ? products(input, w.skip, size, nR, nP) : new Float64Array(size * nR);
  return plusRow(skipped, w.decoderBias, nR);
}

/** Selections compare pre-activations with each other. */
function smallestGap({ activation, terms }: SdlSpec, z: Float64Array): number {
  if (!("k" in activation) && !terms.auxK) return Number.POSITIVE_INFINITY;
  const sorted = z.slice().sort();
  return sorted.reduce(
    (least, v, i) => (i > 0 ? Math.min(least, v - (sorted[i - 1] as number)) : least),
    Number.POSITIVE_INFINITY,
  );
}

/** By value descending, then by index ascending. */
const ordered = (pairs: readonly number[], z: Float64Array): number[] =>
  [...pairs].sort((a, b) => (z[b] as number) - (z[a] as number) || a - b);

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const at = (vector: Float64Array | undefined, i: number): number => vector?.[i] ?? 0;
const plus = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, i) => v + (b[i] as number));
const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, i) => v - (b[i] as number));
const minusRow = (rows: Float64Array, row: Float64Array): Float64Array =>
  rows.map((v, i) => v - (row[i % row.length] as number));
const plusRow = (rows: Float64Array, row: Float64Array | undefined, width: number): Float64Array =>
  row ? rows.map((v, i) => v + (row[i % width] as number)) : rows;
const sumPairs = (z: Float64Array, of: (pre: number, pair: number) => number): number =>
  z.reduce((sum, pre, pair) => sum + of(pre, pair), 0);

/** x matrix^T for x `[m, width]` and matrix `[n, width]`. */
function products(x: Float64Array, matrix: Float64Array, m: number, n: number, width: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let b = 0; b < m; b++) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += (x[b * width + d] as number) * (matrix[i * width + d] as number);
      out[b * n + i] = sum;
    }
  }
  return out;
}

/** codes decoder for codes `[m, n]` and decoder `[n, width]`. */
function decoded(codes: Float64Array, decoder: Float64Array, m: number, n: number, width: number): Float64Array {
  const out = new Float64Array(m * width);
  for (let b = 0; b < m; b++) {
    for (let i = 0; i < n; i++) {
      const value = codes[b * n + i] as number;
      for (let d = 0; d < width; d++) {
        out[b * width + d] = (out[b * width + d] as number) + value * (decoder[i * width + d] as number);
      }
    }
  }
  return out;
}

/** Sum of the norms of the column blocks of each row. */
function blockNorms(rows: Float64Array, count: number, blocks: readonly number[]): Float64Array {
  const width = rows.length / count;
  return Float64Array.from({ length: count }, (_, i) => {
    let start = i * width;
    return blocks.reduce((sum, block) => {
      const norm = Math.hypot(...rows.subarray(start, start + block));
      start += block;
      return sum + norm;
    }, 0);
  });
}
