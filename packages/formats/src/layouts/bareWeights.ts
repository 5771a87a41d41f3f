import type { CheckpointFormat, ReadOptions, TensorTaker } from "@monosema/sdl";
import { FormatError } from "@monosema/tensor";
import { withContents } from "../files/contents.js";
import { onlyFile } from "../files/named.js";
import { type FoundDictionary, readDictionary } from "../readDictionary.js";

const files = /\.(pt|pth|bin|safetensors|npz)$/;

/**
 * W_enc, b_enc, W_dec and b_dec (and W_skip) without a config: Qwen-Scope's `layer<n>.sae.pt`, mwhanna's transcoders, and loose files.
 * Shapes say how the matrices lie; what no file says is asked for, or said in a warning.
 */
export const bareWeights: CheckpointFormat = {
  name: "weights alone",
  files: "one .pt, .safetensors or .npz with W_enc, b_enc, W_dec, b_dec, such as layer0.sae.pt of Qwen-Scope",
  async detects(found) {
    const name = onlyFile(found, files);
    if (name === undefined) return false;
    const needed = ["W_enc", "b_enc", "W_dec", "b_dec"];
    return await withContents(found, name, ({ names }) => needed.every((tensor) => names.has(tensor)));
  },
  async read(found, options) {
    const name = onlyFile(found, files) as string;
    if (/^layer\d+\.sae\.pt$/.test(name) && options.k === undefined) {
      const message =
        "a TopK dictionary of Qwen-Scope needs the number of active latents, which its file does not hold; pass k, the number after L0_ in the name of its repository";
      throw new FormatError("missing-k", message, { file: `${found.folder}/${name}` });
    }
    return await withContents(found, name, async (contents) => {
      const source = { layout: "weights alone", file: contents.file, tensors: await contents.tensors() };
      return readDictionary(source, options, (tensors) => take(tensors, options));
    });
  },
};

function take(tensors: TensorTaker, { k, orientation }: ReadOptions): FoundDictionary {
  const [nQ = 0] = tensors.shape("b_enc");
  const [nR = 0] = tensors.shape("b_dec");
  const nP = inputWidth(tensors.shape("W_enc"), nQ, nR);
  const encoder = tensors.matrix("W_enc", nQ, nP, "transposed", orientation);
  const decoder = tensors.matrix("W_dec", nQ, nR, "saelens", orientation);
  const hasSkip = tensors.has("W_skip");
  const isMixed = encoder.orientation === "transposed" && decoder.orientation === "saelens"; // mwhanna: both [Q, width]
  const transcodes = hasSkip || nP !== nR || (isMixed && k === undefined);
  const subtracts = !transcodes && k === undefined;
  return {
    architecture: `${k === undefined ? "relu" : "topk"} ${hasSkip ? "skip " : ""}${transcodes ? "transcoder" : "sae"}`,
    spec: {
      nP,
      nR,
      nQ,
      activation: k === undefined ? { kind: "relu" } : { kind: "topk", k, signed: true },
      variant: transcodes ? "transcoder" : "sae",
      skip: hasSkip,
    },
    subtractDecoderBias: subtracts,
    weights: {
      encoder: encoder.data,
      encoderBias: tensors.array("b_enc", [nQ]),
      decoder: decoder.data,
      decoderBias: tensors.array("b_dec", [nR]),
      ...(hasSkip ? { skip: tensors.array("W_skip", [nR, nP]) } : {}),
    },
    warnings: [
      `The file holds weights alone. Assumed: ${transcodes ? "a transcoder" : "an SAE"} with ${k === undefined ? "ReLU" : `the ${k} largest pre-activations of a sample, whatever their sign`}, b_dec ${subtracts ? "" : "not "}subtracted from the input.`,
    ],
  };
}

/** P: what W_enc has beside Q. */
function inputWidth([first = 0, second = 0]: readonly number[], nQ: number, nR: number): number {
  if (first === nQ && second === nQ) return nQ;
  if (first === nQ) return second;
  return second === nQ ? first : nR;
}
