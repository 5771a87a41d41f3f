import { FormatError, openSafetensors, parseJson, readText, type SafetensorsReader, toFloat32 } from "@monosema/tensor";
import type { Files } from "../../files.js";
import type { LazyTensor } from "../lazyTensor.js";
import { asRecord } from "../record.js";

/** The tensors of one safetensors file, or of several with their index. */
export interface WeightFolder {
  /** Name for messages. */
  readonly file: string;
  /** The first of these that is there; FormatError `missing-tensor` where none is, `unsupported-dtype` for whole numbers. */
  tensor(...names: readonly string[]): LazyTensor;
  /** Closes all files. */
  close(): Promise<void>;
}

const single = "model.safetensors";
const index = "model.safetensors.index.json";

/** The file that holds the weights or lists those that do; undefined where there is none. */
export function weightFile({ main, names }: Files): string | undefined {
  const isPart = main !== undefined && /-\d+-of-\d+\.safetensors$/.test(main) && names.includes(index);
  if (isPart) return index;
  if (main?.endsWith(".safetensors") || main === index) return main;
  return [single, index].find((name) => names.includes(name));
}

/** Opens the files by their headers. */
export async function openWeights(files: Files): Promise<WeightFolder> {
  const name = weightFile(files) ?? single;
  const parts = name.endsWith(".json") ? await partsOf(files, name) : [name];
  const readers: SafetensorsReader[] = [];
  const close = async () => {
    for (const reader of readers) await reader.close();
  };
  try {
    for (const part of parts) readers.push(await openPart(files, part));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    file: name,
    tensor: (...wanted) => {
      for (const tensor of wanted) {
        const reader = readers.find(({ tensors }) => tensors.has(tensor));
        if (reader !== undefined) return lazyTensor(reader, tensor, name);
      }
      const message = `the model must have ${wanted.join(" or ")}, got none; fetch all its files`;
      throw new FormatError("missing-tensor", message, { file: name, tensor: wanted[0] ?? "" });
    },
    close,
  };
}

async function openPart(files: Files, name: string): Promise<SafetensorsReader> {
  if (!files.names.includes(name)) {
    throw new FormatError("missing-file", `the folder must have ${name}, got none; fetch all files of the model`, {
      file: files.name,
    });
  }
  const source = await files.open(name);
  try {
    return await openSafetensors(source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** The files that an index names. */
async function partsOf(files: Files, name: string): Promise<readonly string[]> {
  const { weight_map: map } = await readJson(files, name);
  const parts = Object.values(asRecord(map, "weight_map", name));
  if (parts.every((part) => typeof part === "string")) return [...new Set(parts)];
  throw new FormatError("bad-config", "weight_map must give the name of a file for every tensor; fetch it again", {
    file: name,
  });
}

/** A JSON file of the folder as a record. */
export async function readJson(files: Files, name: string): Promise<Readonly<Record<string, unknown>>> {
  const source = await files.open(name);
  try {
    return asRecord(parseJson(await readText(source), name), "the content", name);
  } finally {
    await source.close();
  }
}

function lazyTensor(reader: SafetensorsReader, name: string, file: string): LazyTensor {
  const { dtype, shape } = reader.info(name);
  if (!/^B?F\d/.test(dtype)) {
    const message = `${name} must be of floating point, got ${dtype}; take the model without quantisation`;
    throw new FormatError("unsupported-dtype", message, { file, tensor: name });
  }
  return { name, shape, read: async () => toFloat32((await reader.readTensor(name)).data) };
}
