import { join } from "node:path";
import { openSafetensors, readText, type SafetensorsFile } from "@monosema/tensor";
import { withFile } from "@monosema/tensor/node";
import type { Checkpoint } from "../checkpoint.js";
import { type FromSaelensOptions, fromSaelens } from "../fromSaelens.js";
import { parseSaelensConfig } from "../saelensConfig.js";
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
  const at = (name: string): string => join(folder, name);
  const config = await text(at(configFile));
  parseSaelensConfig(config, at(configFile)); // refused before large files are read
  const checkpoint = fromSaelens({
    ...options,
    folder,
    config,
    weights: await tensors(at(weightsFile)),
    ...(entries.has(scalerFile) && { activationScaler: await text(at(scalerFile)) }),
    ...(entries.has(whiteningFile) && { activationWhitening: await tensors(at(whiteningFile)) }),
  });
  return { ...checkpoint, ignored: [...checkpoint.ignored, ...companions.filter((name) => entries.has(name))] };
}

const text = (path: string): Promise<string> => withFile(path, readText, path);

/** Read tensor by tensor: a file may be larger than one array of bytes. */
const tensors = (path: string): Promise<SafetensorsFile> =>
  withFile(path, async (source) => (await openSafetensors(source)).readAll(), path);

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
