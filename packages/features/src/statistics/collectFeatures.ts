import { type LoadedModel, type Model, openModel } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import type { RowOrigin } from "../origin/rowOrigin.js";
import { addFiring, orderedFirings } from "./evenFirings.js";
import type { FeatureState } from "./featureState.js";
import { type Growing, push } from "./growing.js";
import { noFirings } from "./keptFirings.js";
import { addMagnitude, noMagnitudes } from "./magnitudes.js";
import { sampleDrawer } from "./rowSample.js";
import { addStrong } from "./strongest.js";

/** Rows of activations, or their codes. */
export interface FeatureBatch {
  /** Rows B. */
  readonly size: number;
  /** `[B, P]` row-major; needed where there are no codes. */
  readonly input?: Float32Array | Float64Array;
  /** Their codes, where they are known already. */
  readonly codes?: SparseRows;
  /** Which rows of the activations they are, ascending `[B]`; default: those after the batch before. */
  readonly rows?: Int32Array;
}

/** Options of {@link collectFeatures}. */
export interface CollectOptions {
  /** Number of the first row, for a shard that does not begin with the first. Default 0. */
  readonly start?: number;
  /** Which documents rows are of: examples are then one of each. */
  readonly origin?: RowOrigin;
  /** Strongest firings kept of each latent, more than are shown, since equal contexts are dropped at the end. Default 36. */
  readonly strongest?: number;
  /** Firings drawn evenly of each latent, for quantiles. Default 128. */
  readonly firings?: number;
  /** Rows and codes together that are sampled for what latents share. Default 2^22, 127,000 rows of 32 codes; some 34 MB. */
  readonly entries?: number;
  /** Pairs of codes of one row that are counted in this sample. Default 2^30, seconds. */
  readonly pairs?: number;
  /** Latents all of whose firings are kept, such as those whose names are checked. Default none. */
  readonly watch?: readonly number[];
}

/**
 * One pass over activations: what `finishFeatures` makes features of. A signed code counts by its magnitude; examples keep its sign.
 *
 * @param batches - rows in order
 * @throws RangeError for codes that are not finite or beyond 2^64, sizes that do not fit, or as `openModel`
 */
export async function collectFeatures(
  backend: Backend,
  model: Model,
  batches: AsyncIterable<FeatureBatch> | Iterable<FeatureBatch>,
  options: CollectOptions = {},
): Promise<FeatureState> {
  const { start = 0, origin, strongest: top = 36, firings: even = 128, watch = [] } = options;
  const limits = { entries: options.entries ?? 2 ** 22, pairs: options.pairs ?? 2 ** 30 };
  const { nQ } = model.spec;
  checkOptions({ start, strongest: top, firings: even, ...limits }, watch, nQ);
  const [magnitudes, strongest, firings] = [noMagnitudes(nQ), noFirings(nQ, top), noFirings(nQ, even)];
  const drawer = sampleDrawer(limits);
  const watched = new Map(
    watch.map((latent) => [latent, { rows: none(new Int32Array()), values: none(new Float32Array()) }]),
  );
  let loaded: LoadedModel | undefined;
  let next = start;
  let count = 0;
  try {
    for await (const batch of batches) {
      const rows = rowsOf(batch, next);
      loaded ??= batch.codes ? undefined : openModel(backend, model);
      const codes = checkedCodes(batch.codes ?? (await encoded(loaded as LoadedModel, batch)), batch.size, nQ);
      const documents = await documentsOf(origin, rows);
      for (let b = 0; b < batch.size; b++) {
        const [row, document] = [rows[b] as number, documents[b] as number];
        for (let e = codes.offsets[b] as number; e < (codes.offsets[b + 1] as number); e++) {
          const latent = codes.latents[e] as number;
          const value = Math.fround(codes.values[e] as number);
          addMagnitude(magnitudes, latent, Math.abs(value));
          addStrong(strongest, latent, value, row, document);
          addFiring(firings, latent, value, row, document);
          const all = watched.get(latent);
          if (all === undefined) continue;
          push(all.rows, row);
          push(all.values, value);
        }
        drawer.add(row, codes, b);
      }
      next = (rows[batch.size - 1] ?? next - 1) + 1;
      count += batch.size;
    }
  } finally {
    loaded?.dispose();
  }
  return {
    latents: nQ,
    rows: count,
    end: count === 0 ? 0 : next,
    ...{ magnitudes, strongest, limits },
    firings: orderedFirings(firings),
    sample: drawer.drawn(),
    watched: watch.map((latent) => {
      const { rows, values } = watched.get(latent) as Watched;
      return { latent, rows: rows.values.slice(0, rows.length), values: values.values.slice(0, values.length) };
    }),
  };
}

interface Watched {
  readonly rows: Growing<Int32Array>;
  readonly values: Growing<Float32Array>;
}

const none = <T extends Int32Array | Float32Array>(values: T): Growing<T> => ({ values, length: 0 });

/** Row numbers of a batch, ascending and after those before. */
function rowsOf({ size, rows }: FeatureBatch, next: number): Int32Array {
  const own = rows ?? Int32Array.from({ length: size }, (_, b) => next + b);
  let before = next - 1;
  for (const row of own) {
    if (!(row > before)) {
      throw new RangeError(
        `collectFeatures: rows must ascend, got ${row} after ${before}; give batches in the order of the rows`,
      );
    }
    before = row;
  }
  if (own.length === size && next + size <= 2 ** 31) return own;
  throw new RangeError(
    `collectFeatures: a batch must have the number of each of its ${size} rows, below 2^31, got ${own.length} from ${next}; correct it`,
  );
}

async function encoded(loaded: LoadedModel, { input, size }: FeatureBatch): Promise<SparseRows> {
  if (input) return await loaded.encode(input, size);
  throw new RangeError("collectFeatures: a batch must have input or codes, got neither; give one of them");
}

/** Codes that fit, without zeros. */
function checkedCodes(codes: SparseRows, size: number, nQ: number): SparseRows {
  const { offsets, latents, values } = codes;
  if (offsets.length !== size + 1 || latents.length !== values.length || offsets[size] !== latents.length) {
    throw new RangeError(
      `collectFeatures: codes must have ${size} rows, those of the batch, got ${offsets.length - 1} with ${latents.length} entries; give codes of these rows`,
    );
  }
  for (let e = 0; e < values.length; e++) {
    const [latent, value] = [latents[e] as number, values[e] as number];
    if (Math.abs(value) < 2 ** 64 && value !== 0 && latent >= 0 && latent < nQ) continue;
    throw new RangeError(
      `collectFeatures: codes must be numbers other than 0 below 2^64 of latents 0 to ${nQ - 1}, got ${value} of latent ${latent}; check the activations, or the dictionary that made the codes`,
    );
  }
  return codes;
}

/** The document of each row; a row is its own where none are known. */
async function documentsOf(origin: RowOrigin | undefined, rows: Int32Array): Promise<Int32Array> {
  const [first, last] = [rows[0], rows.at(-1)];
  if (origin?.documents === undefined || first === undefined || last === undefined) return rows;
  const all = await origin.documents(first, last - first + 1);
  return rows.map((row) => all[row - first] as number);
}

function checkOptions(counts: Readonly<Record<string, number>>, watch: readonly number[], nQ: number): void {
  for (const [name, value] of Object.entries(counts)) {
    if (Number.isSafeInteger(value) && value >= (name === "start" ? 0 : 1)) continue;
    throw new RangeError(`collectFeatures: ${name} must be a whole number of at least 1, got ${value}; correct it`);
  }
  for (const latent of watch) {
    if (Number.isSafeInteger(latent) && latent >= 0 && latent < nQ) continue;
    throw new RangeError(`collectFeatures: watch must hold latents 0 to ${nQ - 1}, got ${latent}; correct it`);
  }
}
