import { principalComponents } from "@monosema/audit";
import { normaliseRows } from "@monosema/numerics";
import { lessMean } from "@monosema/sdl";
import { type Backend, random } from "@monosema/tensor";
import { UMAP } from "umap-js";
import type { DecoderMap } from "./featureDocument.js";

/** Options of {@link decoderMap}. */
export interface DecoderMapOptions {
  /** How. Default `umap` for 32 to 4,096 latents, where it takes seconds, else `pca`. */
  readonly method?: "umap" | "pca";
  /** Seed of UMAP. Default 0. */
  readonly seed?: number;
}

/** Latents between which UMAP is the default: fewer have too few neighbours, more take minutes. */
const [FEWEST, MOST] = [32, 4096];

/** Principal components that UMAP starts from; what is beyond them is noise to a map and time to its search for neighbours. */
const COMPONENTS = 50;

/** Rounds of UMAP: its own default for many points, half of that for few; more of them move points little. */
const EPOCHS = 200;

/**
 * A map of decoder rows in two dimensions: their directions, by the two principal components, or by UMAP of the first 50 (McInnes et al.
 * 2018; library `umap-js`). Near points are near directions; what is far apart on a UMAP says little. The same seed and the same backend
 * give the same map.
 *
 * @param decoder - `[Q, R]`
 * @param latents - Q, at least 1
 * @param width - R, at least 2
 * @throws RangeError where the numbers do not fit, or for UMAP of fewer than 32 latents
 */
export async function decoderMap(
  backend: Backend,
  decoder: Float32Array | Float64Array,
  latents: number,
  width: number,
  { method = latents >= FEWEST && latents <= MOST ? "umap" : "pca", seed = 0 }: DecoderMapOptions = {},
): Promise<DecoderMap> {
  if (latents < 1 || width < 2 || decoder.length !== latents * width) {
    throw new RangeError(
      `decoderMap: the decoder must have a row of at least 2 numbers for each latent, got ${decoder.length} numbers for ${latents} x ${width}; pass one row per latent`,
    );
  }
  if (method === "umap" && latents < FEWEST) {
    throw new RangeError(`decoderMap: UMAP needs at least ${FEWEST} latents, got ${latents}; use the method pca`);
  }
  const unit = Float64Array.from(decoder);
  normaliseRows(unit, width);
  const places = await components(backend, unit, width, method === "pca" ? 2 : Math.min(COMPONENTS, width));
  if (method === "pca") return mapOf("first two principal components of the decoder directions", places);
  const umap = new UMAP({ random: random(seed, "decoderMap").uniform, nEpochs: EPOCHS });
  return mapOf(`UMAP of the decoder directions, seed ${seed}`, await umap.fitAsync(places));
}

/** Rows along their principal components, `[Q][count]`. */
async function components(backend: Backend, unit: Float64Array, width: number, count: number): Promise<number[][]> {
  const latents = unit.length / width;
  const { mean, directions } = await principalComponents(backend, unit, width, count);
  const made = backend.scope(() =>
    backend.matMul(
      backend.tensor(lessMean(unit, mean), [latents, width]),
      backend.tensor(Float32Array.from(directions.data), [count, width]),
      { transposeB: true },
    ),
  ); // [Q, count]
  const along = await backend.read(made);
  backend.dispose(made);
  return Array.from({ length: latents }, (_, q) => Array.from(along.subarray(q * count, (q + 1) * count)));
}

/** Five digits are finer than any screen. */
const mapOf = (method: string, places: readonly (readonly number[])[]): DecoderMap => {
  const axis = (i: number): readonly number[] => places.map((place) => Number((place[i] as number).toPrecision(5)));
  return { method, x: axis(0), y: axis(1) };
};
