import {
  FormatError,
  type MatrixSource,
  openMatrix,
  openTensors,
  type TensorsReader,
  toNumbers,
} from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ActivationFormat, ActivationOrigin } from "./activationFormat.js";
import { oneMatrix } from "./oneMatrix.js";
import { joinedOrigin, originOf } from "./originTensors.js";
import { shardsBeside } from "./setFiles.js";

/**
 * Caches of dictionary_learning and activault: a metadata.json and files of torch.save, each with `states` [sequences, length, width]
 * and mostly `input_ids` [sequences, length], or with that tensor alone. Files are read one after the other.
 */
export const ptShards: ActivationFormat = {
  name: "PyTorch cache",
  detects: async (files) => shardsOf(files).length > 0,
  async open(files) {
    const names = shardsOf(files);
    const parts: Awaited<ReturnType<typeof openShard>>[] = [];
    let sequences = 0;
    for (const name of names) {
      const part = await openShard(files, name, sequences);
      parts.push(part);
      sequences += part.sequences;
    }
    const origin = joinedOrigin(parts);
    return {
      ...oneMatrix(files, "states", async () => {
        const sources: MatrixSource[] = [];
        for (const { source, tensor } of parts) sources.push(await openMatrix(source, tensor === "" ? {} : { tensor }));
        return sources;
      }),
      files: names.map((name) => ({ name })),
      ...(origin ? { origin } : {}),
    };
  },
};

const shardsOf = (files: Files): readonly string[] => shardsBeside(files, "metadata.json", /\.pth?$/);

/**
 * A file of the cache.
 *
 * @param before - sequences of the files before it
 */
async function openShard(files: Files, name: string, before: number) {
  const source = await files.open(name);
  const arrays = await openTensors(source);
  const tensor = arrays.names.includes("") ? "" : "states";
  const { shape } = await arrays.open(tensor);
  const [sequences = 0, length = 0] = shape;
  if (shape.length !== 3) {
    const message = `${tensor || "the tensor"} must be [sequences, length, width], got [${shape.join(", ")}]; name the file by itself`;
    throw new FormatError("bad-shape", message, { file: source.name, ...(tensor ? { tensor } : {}) });
  }
  return {
    source,
    tensor,
    sequences,
    rows: sequences * length,
    origin: await originIn(arrays, sequences, length, before),
  };
}

async function originIn(
  arrays: TensorsReader,
  sequences: number,
  length: number,
  before: number,
): Promise<ActivationOrigin | undefined> {
  const ids = arrays.names.includes("input_ids") ? await arrays.open("input_ids") : undefined;
  const fits = ids?.shape.length === 2 && ids.shape[0] === sequences && ids.shape[1] === length;
  const numbers = (value: (row: number) => number) => async (start: number, count: number) =>
    Int32Array.from({ length: count }, (_, i) => value(start + i));
  return originOf((kind) => {
    if (kind === "documents") return numbers((row) => before + Math.floor(row / length));
    if (kind === "positions") return numbers((row) => row % length);
    if (!(ids && fits)) return undefined;
    return async (start, count) => {
      const first = Math.floor(start / length);
      const { data } = await ids.readRows(first, Math.ceil((start + count) / length) - first);
      return Int32Array.from(toNumbers(data).subarray(start - first * length, start + count - first * length));
    };
  });
}
