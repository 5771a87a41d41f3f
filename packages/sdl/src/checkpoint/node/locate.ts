import { readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { FormatError } from "@monosema/tensor";

/** Names of the two files of a checkpoint. */
export const weightsFile = "sae_weights.safetensors";
/** See {@link weightsFile}. */
export const configFile = "cfg.json";

/** A checkpoint folder that was found. */
export interface Located {
  /** Path of the folder. */
  readonly folder: string;
  /** Names of what lies in it. */
  readonly entries: ReadonlySet<string>;
}

/**
 * Finds the checkpoint folder of a path: the folder itself, or that of a file of a checkpoint.
 *
 * @throws FormatError `not-found`, `missing-file`, `unsupported-format` naming the format, or `unknown-format`
 */
export async function locateCheckpoint(path: string): Promise<Located> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    throw new FormatError("not-found", "a checkpoint folder must be there, got nothing; check the path", {
      file: path,
    });
  });
  if (!found.isDirectory()) {
    const name = basename(path);
    if (name === weightsFile || name === configFile) return locateCheckpoint(dirname(path));
    throw foreign(new Set([name]), path);
  }
  const entries = new Set(await readdir(path));
  if (entries.has(weightsFile) && entries.has(configFile)) return { folder: path, entries };
  if (entries.has(weightsFile)) {
    const message = `${configFile} must lie beside ${weightsFile}, got none; copy the whole folder`;
    throw new FormatError("missing-file", message, { file: path });
  }
  throw foreign(entries, path);
}

/** The layouts that are known but not read, and what betrays them. */
const formats: readonly (readonly [name: string, betrays: RegExp])[] = [
  ["dictionary_learning", /^ae\.pt$/],
  ["sparsify", /^sae\.safetensors$/],
  ["crosscode", /^model_cfg\.yaml$/],
  ["crosslayer-coding", /^clt_checkpoint_.*\.safetensors$/],
  ["SAELens synthetic model", /^synthetic_model\.safetensors$/],
  ["NumPy archive (.npz)", /\.npz$/],
  ["PyTorch (.pt)", /\.(pt|pth|bin)$/],
  ["safetensors without the SAELens cfg.json", /\.safetensors$/],
];

function foreign(entries: ReadonlySet<string>, path: string): FormatError {
  const format = formats.find(([, betrays]) => [...entries].some((entry) => betrays.test(entry)));
  const wanted = `a SAELens folder with ${weightsFile} and ${configFile} is required`;
  if (format) {
    const message = `${wanted}, got the format ${format[0]}, which is not supported; convert it with SAELens`;
    return new FormatError("unsupported-format", message, { file: path });
  }
  const got = entries.has("states")
    ? "only training states; resume the run to finish it"
    : `${[...entries].slice(0, 8).join(", ") || "an empty folder"}; name the folder of a checkpoint`;
  return new FormatError("unknown-format", `${wanted}, got ${got}`, { file: path });
}
