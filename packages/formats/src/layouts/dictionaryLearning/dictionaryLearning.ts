import {
  batchThreshold,
  type CheckpointFiles,
  type CheckpointFormat,
  smallestThreshold,
  type TensorTaker,
  type Weights,
} from "@monosema/sdl";
import { FormatError } from "@monosema/tensor";
import { type ConfigKeys, configKeys, isRecord, type JsonRecord } from "../../files/configKeys.js";
import { type Contents, withContents } from "../../files/contents.js";
import { isNamed } from "../../files/named.js";
import { readConfig } from "../../files/readConfig.js";
import { type FoundDictionary, readDictionary } from "../../readDictionary.js";
import { writeDictionaryLearning } from "../../write/dictionaryLearning.js";
import { activationOf, type DictionaryClass, dictionaryClasses, type Widths } from "./classes.js";

const configFile = "config.json";

/** Folders of dictionary_learning (saprmarks): `ae.pt`, or a checkpoint `ae_<step>.pt`, with its config.json. */
export const dictionaryLearning: CheckpointFormat = {
  write: writeDictionaryLearning,
  name: "dictionary_learning",
  files: "ae.pt and config.json",
  async detects(files) {
    const weights = weightsFile(files);
    if (weights === undefined || !isNamed(files, [weights, configFile])) return false;
    if (files.names.has(configFile)) return isRecord((await readConfig(files, configFile)).trainer);
    return await withContents(files, weights, ({ isPyTorch }) => isPyTorch);
  },
  async read(files, options) {
    const config = configKeys(await readConfig(files, configFile), `${files.folder}/${configFile}`);
    const trainer = config.part("trainer");
    const { name, kind } = classOf(trainer, `${files.folder}/${configFile}`);
    return await withContents(files, weightsFile(files) as string, async (contents) => {
      const backup = backupOf(contents);
      const source = {
        layout: "dictionary_learning",
        file: contents.file,
        tensors: await contents.tensors(backup?.prefix),
        configs: new Map([[configFile, config]]),
      };
      return readDictionary(source, options, (tensors) => {
        const found = take(tensors, name, kind, trainer, contents.file);
        return backup ? scaled(found, backup.factor) : found;
      });
    });
  },
};

function weightsFile({ main, names }: CheckpointFiles): string | undefined {
  if (main !== undefined && /^ae(_\d+)?\.pt$/.test(main)) return main;
  return names.has("ae.pt") ? "ae.pt" : undefined;
}

function classOf(trainer: ConfigKeys, file: string): { name: string; kind: DictionaryClass } {
  const name = trainer.text("dict_class");
  const kind = dictionaryClasses.get(name);
  if (kind !== undefined) return { name, kind };
  const known = [...dictionaryClasses.keys()].join(", ");
  const message = `dict_class must be one of ${known}, got ${name}; give another dictionary`;
  throw new FormatError("unsupported-architecture", message, { file });
}

function take(
  tensors: TensorTaker,
  name: string,
  kind: DictionaryClass,
  trainer: ConfigKeys,
  file: string,
): FoundDictionary {
  const sizes = widthsOf(tensors, kind, trainer);
  const weights = kind.weights(tensors, sizes);
  const activation = activationOf(kind, () => countOf(tensors, trainer, file));
  const batch = activation.kind === "batchtopk" ? thresholdOf(tensors, activation.k, file) : undefined;
  const isUnused = activation.kind === "topk" && tensors.has("threshold");
  if (isUnused) tensors.skip("threshold");
  if (tensors.has("group_sizes")) checkGroups(tensors.integers("group_sizes"), sizes.nQ, file);
  return {
    architecture: name,
    spec: { nP: sizes.nP, nR: sizes.nP, nQ: sizes.nQ, activation },
    subtractDecoderBias: kind.subtractDecoderBias,
    weights,
    ...batch,
    metadata: originOf(trainer),
    ignored: isUnused ? ["tensor threshold"] : [],
  };
}

/** P and Q as the config has them; where it has none, as the encoder has them, as the program does. */
function widthsOf(tensors: TensorTaker, { encoder }: DictionaryClass, trainer: ConfigKeys): Widths {
  const shape = tensors.shape(encoder);
  const [nP = 1, nQ = 1] = encoder === "W_enc" ? shape : shape.toReversed();
  return { nP: trainer.size("activation_dim", nP), nQ: trainer.size("dict_size", nQ) };
}

/** k of the config, which a k of the file must equal: one that is annealed has not reached it yet. */
function countOf(tensors: TensorTaker, trainer: ConfigKeys, file: string): number {
  const stored = tensors.has("k") ? tensors.integers("k")[0] : undefined;
  const k = trainer.size("k", stored);
  if (stored === undefined || stored === k) return k;
  const message = `k must be that of config.json, ${k}, got ${stored}; write the one that is meant into config.json`;
  throw new FormatError("bad-config", message, { file, tensor: "k" });
}

function thresholdOf(tensors: TensorTaker, k: number, file: string): Pick<FoundDictionary, "threshold" | "warnings"> {
  const [value = Number.NaN] = tensors.numbers("threshold", []);
  return batchThreshold(value, { k, isSet: value >= 0, tensor: "threshold", file });
}

function checkGroups(sizes: Float64Array, nQ: number, file: string): void {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === nQ && sizes.every((size) => size > 0)) return;
  const message = `group_sizes must be positive and sum to the ${nQ} latents, got ${sizes.join(", ")}; save the whole model`;
  throw new FormatError("bad-config", message, { file, tensor: "group_sizes" });
}

/** What a run that may go on has in the place of its dictionary: the state of training, whose data are divided by a factor. */
function backupOf({ plain, names, file }: Contents): { readonly prefix: string; readonly factor: number } | undefined {
  if (![...names].some((name) => name.startsWith("ae."))) return undefined;
  return { prefix: "ae.", factor: configKeys(plain, file).number("norm_factor", 1) };
}

/** Biases and threshold for data in their own units; what reads x / factor scales its latents by it. */
function scaled(found: FoundDictionary, factor: number): FoundDictionary {
  const unscaled: readonly string[] = ["encoder", "decoder", "magnitudeScale"];
  const entries = Object.entries(found.weights) as [keyof Weights, Float32Array][];
  const weights = entries.map(([name, data]) => [
    name,
    unscaled.includes(name) ? data : data.map((value) => value * factor),
  ]);
  return {
    ...found,
    weights: Object.fromEntries(weights) as Weights,
    ...(found.threshold === undefined ? {} : { threshold: Math.max(found.threshold * factor, smallestThreshold) }),
    warnings: [
      ...(found.warnings ?? []),
      "A backup of a run that has not ended; biases are brought to the units of the data.",
    ],
    ignored: [...(found.ignored ?? []), "optimizer"],
  };
}

/** Model and place of the activations, under the names that SAELens has for them. */
function originOf(trainer: ConfigKeys): JsonRecord {
  const { lm_name, layer, submodule_name } = trainer.facts(["lm_name", "layer", "submodule_name"]);
  return {
    ...(lm_name === undefined ? {} : { model_name: lm_name }),
    ...(layer === undefined ? {} : { layer }),
    ...(submodule_name === undefined ? {} : { hook_name: submodule_name }),
  };
}
