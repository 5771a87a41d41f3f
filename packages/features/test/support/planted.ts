import { type Model, sae } from "@monosema/sdl";
import { random, type SparseRows } from "@monosema/tensor";
import type { RowOrigin } from "../../src/index.js";

/** Codes `[rows, latents]` with zeros, of few different values so that ties are common, some of them negative. */
export function drawnCodes(seed: number, rows: number, latents: number, rate: number = 0.3): Float32Array {
  const stream = random(seed, "codes");
  return Float32Array.from({ length: rows * latents }, () =>
    stream.uniform() < rate ? (1 + stream.integer(6)) * 0.37 * (stream.uniform() < 0.2 ? -1 : 1) : 0,
  );
}

/** Rows `from` to `to - 1` of dense codes, compressed. */
export function compressed(dense: Float32Array, latents: number, from: number, to: number): SparseRows {
  const [offsets, found, values]: [number[], number[], number[]] = [[0], [], []];
  for (let row = from; row < to; row++) {
    for (let latent = 0; latent < latents; latent++) {
      const value = dense[row * latents + latent] as number;
      if (value === 0) continue;
      found.push(latent);
      values.push(value);
    }
    offsets.push(found.length);
  }
  return { offsets: Int32Array.from(offsets), latents: Int32Array.from(found), values: Float32Array.from(values) };
}

/** A dictionary of some size, drawn. */
export function drawnModel(seed: number, nP: number, nQ: number): Model {
  const stream = random(seed, "model");
  const weights = (): Float32Array => Float32Array.from({ length: nQ * nP }, () => stream.normal());
  return {
    spec: sae({ nP, nQ, activation: { kind: "topk", k: Math.min(3, nQ) } }),
    weights: { encoder: weights(), decoder: weights() },
    inputScaling: "none",
  };
}

/** An origin from arrays, as a file has them. */
export function originFrom(arrays: {
  readonly tokens?: ArrayLike<number>;
  readonly documents?: ArrayLike<number>;
  readonly positions?: ArrayLike<number>;
}): RowOrigin {
  return Object.fromEntries(
    Object.entries(arrays).map(([kind, values]) => [
      kind,
      async (start: number, count: number) => {
        if (start < 0 || start + count > values.length)
          throw new RangeError(`read ${start} + ${count} of ${values.length}`);
        return Int32Array.from({ length: count }, (_, i) => values[start + i] as number);
      },
    ]),
  );
}
