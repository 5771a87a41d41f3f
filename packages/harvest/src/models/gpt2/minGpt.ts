import { FormatError, parseJson, readText } from "@monosema/tensor";
import { type LazyTensor, transposed } from "../lazyTensor.js";
import type { ModelFormat } from "../modelFormat.js";
import type { Weights } from "../network/network.js";
import { networkModel } from "../network/networkModel.js";
import { firstBytes, onlyFile, opened, requireFile } from "../onlyFile.js";
import { asRecord, checkHeads, settings } from "../record.js";
import { gpt2Network } from "./graph.js";
import { gpt2Name } from "./names.js";

/** A minGPT model as JSON: `config`, and tensors `{shape, dtype, data}` with float32 in base64, such as gpt-nano-sort. */
export const minGpt: ModelFormat = {
  name: "mingpt",
  detects: async (files) => {
    const name = onlyFile(files, ".json");
    if (name?.toLowerCase().endsWith(".json") !== true) return false;
    const start = new TextDecoder().decode(await firstBytes(files, name, 512));
    return /^\s*\{\s*"config"\s*:\s*\{[^}]*"n_layer"/.test(start) && start.includes('"block_size"');
  },
  open: async (files) =>
    await opened(files, requireFile(files, ".json"), async (source) => {
      const { name: file } = source;
      const content = asRecord(parseJson(await readText(source), file), "the content", file);
      const config = settings(asRecord(content.config, "config", file), file);
      const [width, heads] = [config.size("n_embd"), config.size("n_head")];
      checkHeads({ heads, kvHeads: heads, headSize: width / heads }, file);
      const sizes = {
        width,
        heads,
        layers: config.size("n_layer"),
        mlpWidth: 4 * width,
        vocabulary: config.size("vocab_size"),
      };
      const rest = { architecture: "gpt2", context: config.size("block_size"), eps: 1e-5, activation: "gelu_new" };
      const network = gpt2Network({ ...sizes, ...rest }, minGptWeights(content, file), file);
      return networkModel(network, { name: file, format: "mingpt", close: () => source.close() });
    }),
};

function minGptWeights(content: Readonly<Record<string, unknown>>, file: string): Weights {
  return (part, layer) => {
    const name = `transformer.${gpt2Name(part, layer)}`;
    if (!Object.hasOwn(content, name)) {
      throw new FormatError("missing-tensor", `the file must have ${name}, got none; save the whole model`, {
        file,
        tensor: name,
      });
    }
    const tensor = storedTensor(name, asRecord(content[name], name, file), file);
    const isTable = part === "embed" || part === "position";
    return tensor.shape.length === 2 && !isTable ? transposed(tensor) : tensor;
  };
}

function storedTensor(
  name: string,
  { shape, dtype, data }: Readonly<Record<string, unknown>>,
  file: string,
): LazyTensor {
  const fail = (code: string, message: string) => new FormatError(code, message, { file, tensor: name });
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw fail(
      "bad-shape",
      `the shape of ${name} must be positive whole numbers, got ${JSON.stringify(shape)}; save it again`,
    );
  }
  if (dtype !== "torch.float32" || typeof data !== "string") {
    throw fail("unsupported-dtype", `${name} must be float32 in base64, got ${dtype}; save it as float32`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const characters = Math.ceil((16 * count) / 3);
  const bare = data.replace(/=+$/, "").length;
  if (bare !== characters) {
    throw fail(
      "size-mismatch",
      `the data of ${name} must have ${characters} characters for its shape, got ${bare}; save it again`,
    );
  }
  return {
    name,
    shape,
    read: async () => new Float32Array(fromBase64(data, (message) => fail("not-base64", message)).buffer),
  };
}

function fromBase64(text: string, fail: (message: string) => FormatError): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw fail("the data must be base64, got other characters; save it again");
  }
}
