import {
  type Activation,
  type CheckpointFiles,
  type CheckpointFormat,
  type TensorTaker,
  transpose,
} from "@monosema/sdl";
import { FormatError, type StoredTensor } from "@monosema/tensor";
import { type ConfigKeys, configKeys } from "../../files/configKeys.js";
import { withContents } from "../../files/contents.js";
import { onlyFile } from "../../files/named.js";
import { readConfig } from "../../files/readConfig.js";
import { type FoundDictionary, readDictionary } from "../../readDictionary.js";
import { concatenated, layerBlocks } from "./layerBlocks.js";

const configFile = "cfg.json";
const latest = "clt_checkpoint_latest.safetensors";

/** Checkpoints of crosslayer-coding: cross-layer transcoders with ReLU or JumpReLU, whose decoders are one for each pair of layers or tied. */
export const crosslayerCoding: CheckpointFormat = {
  name: "crosslayer-coding",
  files: `clt_checkpoint_<step>.safetensors or another .safetensors, and ${configFile}`,
  async detects(files) {
    const name = weightsOf(files);
    return (
      name !== undefined &&
      (await withContents(
        files,
        name,
        ({ names }) => names.has(`${encoderOf(0)}.weight`) || names.has("encoders.0.weight"),
      ))
    );
  },
  async read(files, options) {
    const config = configKeys(await readConfig(files, configFile), `${files.folder}/${configFile}`);
    return await withContents(files, weightsOf(files) as string, async (contents) => {
      const found = shapeOf(config, `${files.folder}/${configFile}`);
      const blocks = layerBlocks(found.count, found.q, found.p, contents.file); // refused before the weights are read
      const tensors = withModules(await contents.tensors());
      const configs = new Map([[configFile, config]]);
      const source = { layout: "crosslayer-coding", file: contents.file, tensors, configs };
      return readDictionary(source, options, (taker) => take(taker, blocks, found));
    });
  },
};

/** The file that was named, else the latest checkpoint, else the only one. */
const weightsOf = (files: CheckpointFiles): string | undefined =>
  files.main === undefined && files.names.has(latest) ? latest : onlyFile(files, /\.safetensors$/);

const encoderOf = (layer: number): string => `encoder_module.encoders.${layer}`;

/** Older checkpoints do not name the modules. */
const withModules = (tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> =>
  new Map(
    Array.from(tensors, ([name, tensor]) => {
      const module = { encoders: "encoder_module.", decoders: "decoder_module.", log_threshold: "theta_manager." };
      return [`${module[name.split(".")[0] as keyof typeof module] ?? ""}${name}`, tensor] as const;
    }),
  );

interface Shape {
  readonly count: number;
  readonly q: number;
  readonly p: number;
  readonly activation: Activation;
  /** Which decoders are one. */
  readonly tying: "none" | "per_source" | "per_target";
  readonly warnings: readonly string[];
}

function shapeOf(config: ConfigKeys, file: string): Shape {
  const [count, q, p] = [config.size("num_layers"), config.size("num_features"), config.size("d_model")];
  const kind = config.text("activation_fn", "jumprelu");
  config.raw("jumprelu_threshold"); // where it began
  if (kind !== "relu" && kind !== "jumprelu") {
    const message = `activation_fn must be relu or jumprelu, got ${kind}, which ranks by statistics of the batch; make a jumprelu of it with scripts/convert_batchtopk_to_jumprelu.py of crosslayer-coding`;
    throw new FormatError("unsupported-activation", message, { file });
  }
  const tying = config.text("decoder_tying", "none");
  if (tying !== "none" && tying !== "per_source" && tying !== "per_target") {
    const message = `decoder_tying must be none, per_source or per_target, got ${tying}; correct the file`;
    throw new FormatError("bad-config", message, { file });
  }
  for (const key of ["enable_feature_offset", "enable_feature_scale", "skip_connection"]) {
    if (!config.flag(key, false)) continue;
    const message = `${key} must be false, got true; run it with crosslayer-coding`;
    throw new FormatError("unsupported-architecture", message, { file });
  }
  const method = config.text("normalization_method", "none");
  return {
    ...{ count, q, p, tying },
    activation: kind === "relu" ? { kind } : { kind, theta: 0.03, bandwidth: 1 },
    warnings:
      method === "none"
        ? []
        : [
            `The activations were normalised in training (${method}), which is not folded in: give them normalised alike.`,
          ],
  };
}

function take(
  tensors: TensorTaker,
  { layers, encoder, decoder, putEncoder, putDecoder }: ReturnType<typeof layerBlocks>,
  { count, q, p, activation, tying, warnings }: Shape,
): FoundDictionary {
  const all = layers.map((_, layer) => layer);
  const biases = all.map(() => new Float32Array(p));
  const decoders = new Map<string, { readonly rows: Float32Array; readonly bias: Float32Array }>();
  const decoderOf = (name: string) => {
    const at = `decoder_module.decoders.${name}`;
    const found = decoders.get(name) ?? {
      rows: transpose(tensors.array(`${at}.weight`, [p, q]), p, q),
      bias: tensors.array(`${at}.bias_param`, [p]),
    };
    if (tying !== "none") decoders.set(name, found); // read once, used by several pairs
    return found;
  };
  for (const layer of all) {
    putEncoder(layer, tensors.array(`${encoderOf(layer)}.weight`, [q, p]));
    for (let target = layer; target < count; target++) {
      const name = { none: `${layer}->${target}`, per_source: `${layer}`, per_target: `${target}` }[tying];
      const { rows, bias } = decoderOf(name);
      putDecoder(layer, target, rows);
      // Each decoder adds its bias; one that serves all sources of a target does so once.
      if (tying !== "per_target" || layer === target)
        biases[target] = (biases[target] as Float32Array).map((sum, d) => sum + (bias[d] as number));
    }
  }
  const encoderBias = concatenated(all.map((layer) => tensors.array(`${encoderOf(layer)}.bias_param`, [q])));
  const [nQ, width] = [count * q, count * p];
  return {
    architecture: `${activation.kind} cross-layer transcoder${tying === "none" ? "" : `, decoders tied ${tying}`}`,
    spec: { nP: width, nR: width, nQ, activation, variant: "crosslayer", layers },
    subtractDecoderBias: false,
    weights: {
      ...{ encoder, decoder, encoderBias, decoderBias: concatenated(biases) },
      ...(activation.kind === "jumprelu"
        ? { theta: tensors.array("theta_manager.log_threshold", [count, q]).map(Math.exp) }
        : {}),
    },
    warnings,
  };
}
