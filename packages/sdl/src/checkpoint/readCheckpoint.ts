import { FormatError } from "@monosema/tensor";
import type { Checkpoint } from "./checkpoint.js";
import type { CheckpointFiles, CheckpointFormat, ReadOptions } from "./format.js";
import { saelens } from "./saelens.js";

/** The formats of this package; a new one is a record of its own and its line here. */
export const checkpointFormats: readonly CheckpointFormat[] = [saelens];

/** Options of {@link readCheckpoint}. */
export interface ReadCheckpointOptions extends ReadOptions {
  /** Formats that are known, the first that fits goes first. Default {@link checkpointFormats}. */
  readonly formats?: readonly CheckpointFormat[];
}

/**
 * Reads a dictionary from files of any format that is known.
 *
 * @throws FormatError `unsupported-format` for other known layouts (by name), `unknown-format`, or one of the format
 */
export async function readCheckpoint(
  files: CheckpointFiles,
  { formats = checkpointFormats, ...options }: ReadCheckpointOptions = {},
): Promise<Checkpoint> {
  const format = formats.find(({ detects }) => detects(files.names));
  if (format === undefined) throw unread(files, formats);
  return format.read(files, options);
}

/** What the person can do with the tensors of a dictionary in any layout. */
const rewrite =
  "save its tensors from Python as sae_weights.safetensors (W_enc [P, Q], b_enc [Q], W_dec [Q, R], b_dec [R]) beside a cfg.json with architecture, d_in and d_sae (and k for topk)";

const train = "give another dictionary, or train one here";

/** The layouts that are known but not read, what betrays them, and what can be done. */
const recognised: readonly (readonly [name: string, betrays: RegExp, advice: string])[] = [
  ["dictionary_learning", /^ae\.pt$/, rewrite],
  ["sparsify", /^sae\.safetensors$/, `${rewrite}; its encoder.weight is [Q, P], the transpose of W_enc`],
  ["crosscode", /^model_cfg\.yaml$/, train],
  ["crosslayer-coding", /^clt_checkpoint_.*\.safetensors$/, train],
  ["SAELens synthetic model", /^synthetic_model\.safetensors$/, "it holds no dictionary; give the folder of one"],
  ["NumPy archive (.npz)", /\.npz$/, rewrite],
  ["PyTorch (.pt)", /\.(pt|pth|bin)$/, rewrite],
  ["safetensors without the SAELens cfg.json", /\.safetensors$/, rewrite],
];

function unread({ folder, names }: CheckpointFiles, formats: readonly CheckpointFormat[]): FormatError {
  const known = recognised.find(([, betrays]) => [...names].some((name) => betrays.test(name)));
  const wanted = `a checkpoint of the format ${formats.map(({ name }) => name).join(" or ")} is required (${formats.map(({ handles }) => handles.join(" and ")).join("; ")})`;
  if (known) {
    const [name, , advice] = known;
    const message = `${wanted}, got the format ${name}, which is recognised but not read yet; ${advice}`;
    return new FormatError("unsupported-format", message, { file: folder });
  }
  const got = names.has("states")
    ? "only training states; resume the run to finish it"
    : `${[...names].slice(0, 8).join(", ") || "an empty folder"}; name the folder of a checkpoint`;
  return new FormatError("unknown-format", `${wanted}, got ${got}`, { file: folder });
}
