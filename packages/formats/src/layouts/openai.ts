import { type Activation, type CheckpointFormat, type TensorTaker, transpose, type Weights } from "@monosema/sdl";
import { FormatError } from "@monosema/tensor";
import { type ConfigKeys, configKeys } from "../files/configKeys.js";
import { withContents } from "../files/contents.js";
import { onlyFile } from "../files/named.js";
import { type FoundDictionary, readDictionary } from "../readDictionary.js";

const files = /\.(pt|pth)$/;

/** State dicts of openai/sparse_autoencoder: ReLU, or TopK of samples that are normalised one by one. */
export const openai: CheckpointFormat = {
  name: "openai",
  files: "one .pt with pre_bias and latent_bias",
  async detects(found) {
    const name = onlyFile(found, files);
    if (name === undefined) return false;
    return await withContents(found, name, ({ names }) => names.has("pre_bias") && names.has("latent_bias"));
  },
  async read(found, options) {
    return await withContents(found, onlyFile(found, files) as string, async (contents) => {
      const config = configKeys(contents.plain, contents.file);
      const source = {
        layout: "openai",
        file: contents.file,
        tensors: await contents.tensors(),
        configs: new Map([["state dict", config]]),
      };
      return readDictionary(source, options, (tensors) => take(tensors, config, contents.file));
    });
  },
};

/** Counters of training that lie in the state dict. */
const statistics = ["stats_last_nonzero", "latents_activation_frequency", "latents_mean_square"];

function take(tensors: TensorTaker, config: ConfigKeys, file: string): FoundDictionary {
  const [nQ = 0, nP = 0] = tensors.shape("encoder.weight");
  const activation = activationOf(config, file);
  const weights = {
    encoder: tensors.array("encoder.weight", [nQ, nP]),
    encoderBias: tensors.array("latent_bias", [nQ]),
    decoder: decoderOf(tensors, nP, nQ),
    decoderBias: tensors.array("pre_bias", [nP]),
  };
  const unused = statistics.filter((name) => tensors.has(name));
  for (const name of unused) tensors.skip(name);
  return {
    architecture: config.text("activation", "ReLU"),
    spec: { nP, nR: nP, nQ, activation },
    subtractDecoderBias: true,
    inputScaling: activation.kind === "topk" ? "layerNorm" : "none", // the program goes by the activation, too
    weights,
    ignored: unused.map((name) => `tensor ${name}`),
  };
}

/** Tied weights are saved once more, as those of the encoder. */
function decoderOf(tensors: TensorTaker, nP: number, nQ: number): Weights["decoder"] {
  const isTied = tensors.has("decoder.linear.weight");
  return isTied
    ? tensors.array("decoder.linear.weight", [nQ, nP])
    : transpose(tensors.array("decoder.weight", [nP, nQ]), nP, nQ);
}

function activationOf(config: ConfigKeys, file: string): Activation {
  const name = config.text("activation", "ReLU");
  const state = config.part("activation_state_dict");
  if (name === "ReLU") return { kind: "relu" };
  if (name === "TopK") {
    const after = state.text("postact_fn", "ReLU");
    if (after === "ReLU" || after === "Identity")
      return { kind: "topk", k: state.size("k"), ...(after === "Identity" && { signed: true }) };
  }
  const message = `activation must be ReLU, or TopK followed by ReLU or Identity, got ${name}; give another dictionary`;
  throw new FormatError("unsupported-activation", message, { file });
}
