import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Checkpoint } from "../checkpoint.js";
import { type FromSaelensOptions, fromSaelens } from "../fromSaelens.js";
import { configFile, locateCheckpoint, weightsFile } from "./locate.js";

/** Options of {@link loadCheckpoint}. */
export type LoadCheckpointOptions = Pick<FromSaelensOptions, "orientation" | "unexpectedTensors">;

/**
 * Loads a dictionary from a SAELens folder, ours included.
 *
 * @param path - the folder, or the path of `sae_weights.safetensors` or `cfg.json` in it
 * @throws FormatError: `not-found`, `missing-file`, `unsupported-format` for other known layouts (by name), `unknown-format`, or
 * a code of {@link fromSaelens}
 */
export async function loadCheckpoint(path: string, options: LoadCheckpointOptions = {}): Promise<Checkpoint> {
  const { folder, entries } = await locateCheckpoint(path);
  const checkpoint = fromSaelens({
    ...options,
    folder,
    config: await readFile(join(folder, configFile), "utf8"),
    weights: await readFile(join(folder, weightsFile)),
    ...(entries.has(scalerFile) && { activationScaler: await readFile(join(folder, scalerFile), "utf8") }),
    ...(entries.has(whiteningFile) && { activationWhitening: await readFile(join(folder, whiteningFile)) }),
  });
  return { ...checkpoint, ignored: [...checkpoint.ignored, ...companions.filter((name) => entries.has(name))] };
}

const scalerFile = "activation_scaler.json";
const whiteningFile = "activation_whitening.safetensors";

/** Files that SAELens writes beside a dictionary and that hold nothing of the model. */
const companions: readonly string[] = [
  "sparsity.safetensors",
  "runner_cfg.json",
  "runner_config.json",
  "trainer_state.pt",
  "activations_store_state.safetensors",
  "eval_stats.json",
];
