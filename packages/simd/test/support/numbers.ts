import { random } from "@monosema/tensor";

/** Rows of numbers, `[rows, width]`. */
export interface Rows {
  readonly rows: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Samples and encoder of a kind of data, with an encoder bias. */
export interface Layer {
  readonly x: Rows;
  readonly encoder: Rows;
  readonly bias: Float32Array;
}

/** Sizes of a layer. */
export interface Sizes {
  readonly batch: number;
  readonly width: number;
  readonly latents: number;
}

/** Kinds of data that are hard on a selection. */
export type LayerKind =
  | "random"
  | "rows near few features"
  | "heavy tails"
  | "one dimension 50 times as large"
  | "latents that repeat"
  | "whole numbers, many of them equal"
  | "latents that are all the same"
  | "products that cancel"
  | "samples and latents of zeros"
  | "samples of zeros under large biases"
  | "no positive pre-activation"
  | "tiny numbers"
  | "large numbers"
  | "biases that outweigh the products";

/** A layer of each kind, from a seed. */
export const layers: Readonly<Record<LayerKind, (sizes: Sizes, seed: number) => Layer>> = {
  random: (sizes, seed) => layer(sizes, seed),
  "rows near few features": (sizes, seed) => {
    const made = layer(sizes, seed);
    const { width } = sizes;
    const features = normal(5 * width, seed + 1);
    const near = (rows: Rows, noise: number) =>
      mapRows(rows, (v, i, c) => (features[(i % 5) * width + c] as number) + noise * v);
    return { ...made, x: near(made.x, 0.05), encoder: near(made.encoder, 0.02) };
  },
  "heavy tails": (sizes, seed) => {
    const made = layer(sizes, seed);
    return { ...made, x: mapRows(made.x, (v) => v ** 3), encoder: mapRows(made.encoder, (v) => v ** 5) };
  },
  "one dimension 50 times as large": (sizes, seed) => {
    const made = layer(sizes, seed);
    return { ...made, x: mapRows(made.x, (v, _, c) => (c === 0 ? 50 * v : v)) };
  },
  "latents that repeat": (sizes, seed) => {
    const made = layer(sizes, seed);
    const { width, latents } = sizes;
    const third = Math.ceil(latents / 3);
    const { data } = made.encoder;
    const bias = made.bias.map((_, i) => made.bias[i % third] as number);
    return { ...made, encoder: mapRows(made.encoder, (_, i, c) => data[(i % third) * width + c] as number), bias };
  },
  "whole numbers, many of them equal": (sizes, seed) => {
    const made = layer(sizes, seed);
    const whole = (rows: Rows) => mapRows(rows, (v) => Math.max(-2, Math.min(2, Math.round(v))));
    return { x: whole(made.x), encoder: whole(made.encoder), bias: new Float32Array(sizes.latents) };
  },
  "latents that are all the same": (sizes, seed) => {
    const made = layer(sizes, seed);
    return { x: made.x, encoder: mapRows(made.encoder, () => 0.3), bias: made.bias.map(() => 0.1) };
  },
  "products that cancel": (sizes, seed) => {
    const made = layer(sizes, seed);
    const far = (rows: Rows, first: number, second: number) =>
      mapRows(rows, (v, _, c) => (c === 0 ? first : c === 1 ? second : v));
    return { x: far(made.x, 1e6, 1e6), encoder: far(made.encoder, 1, -1), bias: new Float32Array(sizes.latents) };
  },
  "samples and latents of zeros": (sizes, seed) => {
    const made = layer(sizes, seed);
    return { x: everySecond(made.x), encoder: everySecond(made.encoder), bias: made.bias.map(halfOfThem) };
  },
  "samples of zeros under large biases": (sizes, seed) => {
    const made = layer(sizes, seed);
    return { ...made, x: everySecond(made.x), bias: made.bias.map((v) => 1e8 * v) };
  },
  "no positive pre-activation": (sizes, seed) => {
    const made = layer(sizes, seed);
    return { ...made, bias: made.bias.map(() => -1000) };
  },
  "tiny numbers": (sizes, seed) => scaled(layer(sizes, seed), 1e-12),
  "large numbers": (sizes, seed) => scaled(layer(sizes, seed), 1e12),
  "biases that outweigh the products": (sizes, seed) => {
    const made = layer(sizes, seed);
    return { ...made, bias: made.bias.map((v) => 300 * v) };
  },
};

/** Kinds of {@link layers}. */
export const layerKinds: readonly LayerKind[] = Object.keys(layers) as LayerKind[];

function layer({ batch, width, latents }: Sizes, seed: number): Layer {
  return {
    x: { rows: batch, width, data: normal(batch * width, seed) },
    encoder: { rows: latents, width, data: normal(latents * width, seed + 100) },
    bias: normal(latents, seed + 200).map((v) => 0.3 * v),
  };
}

const scaled = (made: Layer, factor: number): Layer => ({
  x: mapRows(made.x, (v) => factor * v),
  encoder: made.encoder,
  bias: made.bias.map((v) => factor * v),
});

const everySecond = (rows: Rows): Rows => mapRows(rows, (v, i) => (i % 2 === 0 ? 0 : v));
const halfOfThem = (v: number, i: number): number => (i % 4 < 2 ? 0 : v);

/** `count` normal numbers from a seed. */
export function normal(count: number, seed: number): Float32Array {
  const stream = random(seed, "numbers");
  return Float32Array.from({ length: count }, () => stream.normal());
}

function mapRows({ rows, width, data }: Rows, f: (value: number, row: number, column: number) => number): Rows {
  return { rows, width, data: data.map((v, n) => f(v, Math.floor(n / width), n % width)) };
}
