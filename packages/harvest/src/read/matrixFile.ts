import { type ByteSource, FormatError, openMatrix, openSafetensors, type SafetensorsReader } from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ActivationFormat } from "./activationFormat.js";
import { originTensors } from "./originTensors.js";
import { pickMatrix } from "./pickMatrix.js";

/** One file of npy or safetensors, which may have I32 tensors `token`, `document` and `position` `[rows]` beside its matrices. */
export const matrixFile: ActivationFormat = {
  name: "npy or safetensors",
  detects: async (files) => fileOf(files) !== undefined,
  async open(files) {
    const name = fileOf(files) as string;
    const source = await files.open(name);
    const named = await namedTensors(source);
    const origin = named && originTensors(named);
    const matrices = named
      ? [...named.tensors].filter(([, { shape }]) => shape.length >= 2).map(([tensor]) => tensor)
      : [""];
    return {
      matrices,
      matrix: async (asked) => {
        // Of several, the only one of floating point needs no name.
        const tensor = named ? asked : pickMatrix(matrices, asked, source.name);
        const matrix = await openMatrix(source, tensor ? { tensor } : {}).catch(refuseUnknown);
        return { ...matrix, close: async () => {} };
      },
      files: [{ name }],
      ...(origin ? { origin } : {}),
    };
  },
};

/** The file that was named, or the only one of a folder. */
function fileOf({ main, names }: Files): string | undefined {
  if (main !== undefined) return main;
  const [only, ...more] = names.filter((name) => /\.(npy|safetensors)$/.test(name));
  return more.length > 0 ? undefined : only;
}

/** Of a file that is of no layout, what it might have been. */
function refuseUnknown(error: unknown): never {
  if (!(error instanceof FormatError && error.code === "unknown-format")) throw error;
  const message = "the file must be Arrow, parquet, npy or safetensors by its first bytes, got another; convert it";
  throw new FormatError(error.code, message, error.at);
}

/** The header of a file whose tensors have names. */
async function namedTensors(source: ByteSource): Promise<SafetensorsReader | undefined> {
  const start = await source.read(0, Math.min(9, source.size));
  return start[8] === 0x7b && start[0] !== 0x93 ? await openSafetensors(source) : undefined;
}
