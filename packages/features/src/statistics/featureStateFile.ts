import {
  type ByteSource,
  type Dtype,
  FormatError,
  openSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "@monosema/tensor";
import type { FeatureState, WatchedLatent } from "./featureState.js";
import type { KeptFirings } from "./keptFirings.js";
import { BINS, OCTAVES } from "./magnitudes.js";

type Numbers = Int32Array | Uint32Array | Float32Array | Float64Array;

/** What a state holds beside its arrays. */
interface Facts {
  readonly latents: number;
  readonly rows: number;
  readonly end: number;
  readonly limits: FeatureState["limits"];
  /** Firings kept of each latent. */
  readonly strongest: number;
  readonly firings: number;
  /** Limit of the sample. */
  readonly limit: number;
  readonly watched: readonly number[];
}

/** A state as a safetensors file: its arrays by the names of their fields, the rest as JSON in `state` of the metadata. */
export function featureStateFile(state: FeatureState): Uint8Array {
  const { latents, rows, end, limits, magnitudes, strongest, firings, sample, watched } = state;
  const facts: Facts = {
    ...{ latents, rows, end, limits, limit: sample.limit },
    strongest: strongest.kept,
    firings: firings.kept,
    watched: watched.map((one) => one.latent),
  };
  const tensors: [string, StoredTensor][] = [];
  const add = (name: string, arrays: Readonly<Record<string, unknown>>): void => {
    for (const [field, data] of Object.entries(arrays))
      if (ArrayBuffer.isView(data)) tensors.push([`${name}.${field}`, stored(data as Numbers)]);
  };
  add("magnitudes", { ...magnitudes });
  add("strongest", { ...strongest });
  add("firings", { ...firings });
  add("sample", { rows: sample.rows, ...sample.codes });
  for (const [i, one] of watched.entries()) add(`watched.${i}`, { ...one });
  return writeSafetensors(tensors, [["state", JSON.stringify(facts)]]);
}

/**
 * Reads a file of {@link featureStateFile}.
 *
 * @throws FormatError `feature-state` where an array or a fact is missing or does not fit, or of safetensors
 */
export async function readFeatureState(source: ByteSource): Promise<FeatureState> {
  const reader = await openSafetensors(source);
  const refuse = (message: string): never => {
    throw new FormatError("feature-state", `${message}; collect the state again`, { file: source.name });
  };
  const facts = factsOf(reader.metadata.get("state")) ?? refuse("the metadata must hold the facts of a state as JSON");
  const { latents } = facts;
  const read = async <T extends Numbers>(name: string, dtype: Dtype, length?: number): Promise<T> => {
    const stored = await reader.readTensor(name);
    if (stored.dtype === dtype && stored.shape.length === 1 && (length ?? stored.data.length) === stored.data.length)
      return stored.data as T;
    return refuse(`${name} must be ${dtype} [${length ?? "n"}], got ${stored.dtype} [${stored.shape.join(", ")}]`);
  };
  const firingsOf = async (name: string, kept: number): Promise<KeptFirings> => ({
    kept,
    sizes: await read(`${name}.sizes`, "I32", latents),
    rows: await read(`${name}.rows`, "I32", latents * kept),
    values: await read(`${name}.values`, "F32", latents * kept),
    documents: await read(`${name}.documents`, "I32", latents * kept),
  });
  const watched: WatchedLatent[] = [];
  for (const [i, latent] of facts.watched.entries()) {
    const rows = await read<Int32Array>(`watched.${i}.rows`, "I32");
    watched.push({ latent, rows, values: await read(`watched.${i}.values`, "F32", rows.length) });
  }
  const sampled = await read<Int32Array>("sample.rows", "I32");
  const entries = await read<Int32Array>("sample.latents", "I32");
  return {
    ...{ latents, rows: facts.rows, end: facts.end, limits: facts.limits, watched },
    magnitudes: {
      maxima: await read("magnitudes.maxima", "F32", latents),
      bins: await read("magnitudes.bins", "U32", latents * BINS),
      sums: await read("magnitudes.sums", "F64", latents * OCTAVES),
    },
    strongest: await firingsOf("strongest", facts.strongest),
    firings: await firingsOf("firings", facts.firings),
    sample: {
      rows: sampled,
      codes: {
        offsets: await read("sample.offsets", "I32", sampled.length + 1),
        latents: entries,
        values: await read("sample.values", "F32", entries.length),
      },
      limit: facts.limit,
    },
  };
}

/** The facts in a text; undefined where it has others. */
function factsOf(text: string | undefined): Facts | undefined {
  let value: Partial<Facts>;
  try {
    value = Object(JSON.parse(text ?? "")) as Partial<Facts>;
  } catch {
    return undefined;
  }
  const { latents, rows, end, limits, strongest, firings, limit, watched } = value;
  const counts = [latents, rows, end, strongest, firings, limit, limits?.entries, limits?.pairs];
  const isWhole = (one: unknown): boolean => Number.isSafeInteger(one) && (one as number) >= 0;
  return counts.every(isWhole) && Array.isArray(watched) && watched.every(isWhole) ? (value as Facts) : undefined;
}

/** Numbers of an array, as one axis. */
function stored(data: Numbers): StoredTensor {
  const dtypes = { Int32Array: "I32", Uint32Array: "U32", Float32Array: "F32", Float64Array: "F64" } as const;
  return { dtype: dtypes[data.constructor.name as keyof typeof dtypes], shape: [data.length], data };
}
