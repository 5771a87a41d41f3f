import { FormatError, openSafetensors, readText, type SafetensorsFile, safetensorsParts } from "@monosema/tensor";
import type { Model } from "../model.js";
import type { CheckpointFiles, CheckpointFormat, WrittenCheckpoint } from "./format.js";
import { fromSaelens } from "./fromSaelens.js";
import { parseSaelensConfig } from "./saelensConfig.js";
import { saelensContent } from "./toSaelens.js";

/** Names of the two files of a checkpoint. */
export const weightsFile = "sae_weights.safetensors";
/** See {@link weightsFile}. */
const configFile = "cfg.json";

/** The SAELens folder, ours included. */
export const saelens: CheckpointFormat = {
  name: "SAELens",
  files: `${weightsFile} and ${configFile}`,
  detects: async (files) => {
    const { main = weightsFile, names } = files;
    if (!names.has(weightsFile) || !(main === weightsFile || main === configFile)) return false;
    const tensors = await tensorNames(files, weightsFile);
    return tensors.has("W_enc") || tensors.has("W_dec");
  },
  async read(files, options) {
    const { folder, names } = files;
    if (!names.has(configFile)) {
      const message = `${configFile} must lie beside ${weightsFile}, got none; copy the whole folder`;
      throw new FormatError("missing-file", message, { file: folder });
    }
    const config = await text(files, configFile);
    parseSaelensConfig(config, `${folder}/${configFile}`); // refused before large files are read
    const checkpoint = fromSaelens({
      ...options,
      folder,
      config,
      weights: await tensors(files, weightsFile),
      ...(names.has(scalerFile) && { activationScaler: await text(files, scalerFile) }),
      ...(names.has(whiteningFile) && { activationWhitening: await tensors(files, whiteningFile) }),
    });
    return { ...checkpoint, ignored: [...checkpoint.ignored, ...companions.filter((name) => names.has(name))] };
  },
  write: writeSaelens,
};

/**
 * The files of a dictionary as a SAELens folder (see `toSaelens`, with the same errors).
 */
export function writeSaelens(model: Model): WrittenCheckpoint {
  const { tensors: weights, metadata, config, warnings } = saelensContent(model);
  return {
    files: new Map([
      [weightsFile, safetensorsParts(weights, metadata).parts],
      [configFile, [new TextEncoder().encode(config)]],
    ]),
    warnings,
  };
}

async function text(files: CheckpointFiles, name: string): Promise<string> {
  const source = await files.open(name);
  return readText(source).finally(() => source.close());
}

/** Read tensor by tensor: a file may be larger than one array of bytes. */
async function tensors(files: CheckpointFiles, name: string): Promise<SafetensorsFile> {
  const source = await files.open(name);
  try {
    return await (await openSafetensors(source)).readAll();
  } finally {
    await source.close();
  }
}

async function tensorNames(files: CheckpointFiles, name: string): Promise<ReadonlySet<string>> {
  const source = await files.open(name);
  try {
    return new Set((await openSafetensors(source)).tensors.keys());
  } finally {
    await source.close();
  }
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
