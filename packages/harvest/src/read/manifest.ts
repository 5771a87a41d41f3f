import { FormatError, parseJson, readText } from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ImagePreparation } from "../images/preparation.js";

/** What the folder of a harvest says of itself, as far as reading needs it. */
export interface Manifest {
  /** Name of the model. */
  readonly model?: string;
  /** Its layers. */
  readonly layers?: number;
  /** How images were made ready, where the rows are of images. */
  readonly preparation?: ImagePreparation;
  /** The places in the model that it holds. */
  readonly hooks: readonly { readonly name: string; readonly width: number }[];
  /** The finished shards, in the order of the rows. */
  readonly shards: readonly Shard[];
}

/** A shard of a harvest. */
export interface Shard {
  /** File name. */
  readonly file: string;
  /** Rows of each of its tensors. */
  readonly rows: number;
  /** Hash of its content. */
  readonly sha256: string;
}

/** Name of the file. */
export const manifestName = "manifest.json";

/** Its format. */
export const harvestFormat = "monosema-activations-1";

/** Whether the file is one of ours, of whatever version: others have files of this name, too. */
export async function isManifest(files: Files): Promise<boolean> {
  return (await readText(await files.open(manifestName))).includes('"monosema-activations-');
}

/**
 * Reads and checks it.
 *
 * @throws FormatError `manifest`
 */
export async function readManifest(files: Files): Promise<Manifest> {
  const source = await files.open(manifestName);
  const manifest = record(parseJson(await readText(source), source.name));
  const refuse = (what: string, got: unknown): FormatError => {
    const message = `the manifest must have ${what}, got ${JSON.stringify(got) ?? "none"}; harvest again`;
    return new FormatError("manifest", message, { file: source.name });
  };
  if (manifest.format !== harvestFormat) throw refuse(`the format ${harvestFormat}`, manifest.format);
  const list = (name: string): readonly Readonly<Record<string, unknown>>[] => {
    const value = manifest[name];
    if (!Array.isArray(value) || value.length === 0) throw refuse(`a list of ${name}`, value);
    return value.map(record);
  };
  const hooks = list("hooks").map(({ name, width }) => {
    if (typeof name === "string" && isCount(width)) return { name, width };
    throw refuse("a name and a width for each of its hooks", { name, width });
  });
  const shards = list("shards").map(({ file, rows, sha256 }) => {
    if (isName(file) && isCount(rows) && typeof sha256 === "string") return { file, rows, sha256 };
    throw refuse("file, rows and sha256 for each of its shards", { file, rows, sha256 });
  });
  const { name, layers } = record(manifest.model);
  const { preparation } = record(manifest.inputs);
  return {
    ...(typeof name === "string" ? { model: name } : {}),
    ...(isCount(layers) ? { layers } : {}),
    ...(preparation === undefined ? {} : { preparation: preparation as ImagePreparation }),
    ...{ hooks, shards },
  };
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A name in the same folder. */
const isName = (value: unknown): value is string => typeof value === "string" && !/[/\\]/.test(value);
