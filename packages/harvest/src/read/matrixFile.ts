import { FormatError, openMatrix, openTensors } from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ActivationFormat } from "./activationFormat.js";
import { originColumns, originTensors } from "./originTensors.js";
import { pickMatrix } from "./pickMatrix.js";

/** One file of npy, npz, safetensors or PyTorch, which may have `token`, `document` and `position` `[rows]` beside its matrices. */
export const matrixFile: ActivationFormat = {
  name: "npy, npz, safetensors or PyTorch",
  detects: async (files) => fileOf(files) !== undefined,
  async open(files) {
    const name = fileOf(files) as string;
    const source = await files.open(name);
    const arrays = await openTensors(source).catch(refuseUnknown);
    const isAlone = arrays.names.length === 1 && arrays.names[0] === "";
    const matrices = arrays.names.filter((array) => !originColumns.includes(array));
    const origin = isAlone ? undefined : await originTensors(arrays);
    return {
      matrices,
      matrix: async (asked) => {
        // Of several, the only one of floating point needs no name.
        const tensor = isAlone ? pickMatrix(matrices, asked, source.name) : asked;
        return { ...(await openMatrix(source, tensor ? { tensor } : {})), close: async () => {} };
      },
      files: [{ name }],
      ...(origin ? { origin } : {}),
    };
  },
};

/** The file that was named, or the only one of a folder. */
function fileOf({ main, names }: Files): string | undefined {
  if (main !== undefined) return main;
  const [only, ...more] = names.filter((name) => /\.(npy|npz|safetensors|pt|pth)$/.test(name));
  return more.length > 0 ? undefined : only;
}

/** Of a file that is of no layout, what it might have been. */
function refuseUnknown(error: unknown): never {
  if (!(error instanceof FormatError && error.code === "unknown-format")) throw error;
  const message =
    "the file must be Arrow, parquet, npy, npz, safetensors or PyTorch by its first bytes, got another one; convert it";
  throw new FormatError(error.code, message, error.at);
}
