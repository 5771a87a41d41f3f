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

/** What the person can do with the tensors of a dictionary in any layout. */
const rewrite =
  "save its tensors from Python as sae_weights.safetensors (W_enc [P, Q], b_enc [Q], W_dec [Q, R], b_dec [R]) beside a cfg.json with architecture, d_in and d_sae (and k for topk)";

const train = "give another dictionary, or train one here";

/** The layouts that are known but not read, what betrays them, and what can be done. */
const formats: readonly (readonly [name: string, betrays: RegExp, advice: string])[] = [
  ["dictionary_learning", /^ae\.pt$/, rewrite],
  ["sparsify", /^sae\.safetensors$/, `${rewrite}; its encoder.weight is [Q, P], the transpose of W_enc`],
  ["crosscode", /^model_cfg\.yaml$/, train],
  ["crosslayer-coding", /^clt_checkpoint_.*\.safetensors$/, train],
  ["SAELens synthetic model", /^synthetic_model\.safetensors$/, "it holds no dictionary; give the folder of one"],
  ["NumPy archive (.npz)", /\.npz$/, rewrite],
  ["PyTorch (.pt)", /\.(pt|pth|bin)$/, rewrite],
  ["safetensors without the SAELens cfg.json", /\.safetensors$/, rewrite],
];

function foreign(entries: ReadonlySet<string>, path: string): FormatError {
  const format = formats.find(([, betrays]) => [...entries].some((entry) => betrays.test(entry)));
  const wanted = `a SAELens folder with ${weightsFile} and ${configFile} is required`;
  if (format) {
    const [name, , advice] = format;
    const message = `${wanted}, got the format ${name}, which is recognised but not read yet; ${advice}`;
    return new FormatError("unsupported-format", message, { file: path });
  }
  const got = entries.has("states")
    ? "only training states; resume the run to finish it"
    : `${[...entries].slice(0, 8).join(", ") || "an empty folder"}; name the folder of a checkpoint`;
  return new FormatError("unknown-format", `${wanted}, got ${got}`, { file: path });
}
