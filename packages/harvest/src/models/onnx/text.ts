import type { Files } from "../../files.js";
import type { OnnxDescription, OnnxValue } from "../../onnx/onnxDescription.js";
import type { RuntimeTensor } from "../../runtime/runtime.js";
import type { HarvestModel, TokenFacts } from "../harvestModel.js";
import { paddedIds, paddingMask } from "../network/padding.js";
import { settings } from "../record.js";
import { readJson } from "../safetensors/weightFolder.js";

/** What an ONNX file is to text: its tokens where its inputs are those of a text model, and how windows become its inputs. */
export interface OnnxText {
  /** Absent for a model of other inputs. */
  readonly tokens?: TokenFacts;
  /** Inputs for some windows; TypeError for a model of other inputs. */
  readonly inputs: HarvestModel["inputs"];
}

/** The inputs that exporters of text models write, and what they hold for ids `[B, T]`. */
const kinds: Readonly<Record<string, (ids: bigint, t: number, isToken: boolean) => bigint>> = {
  input_ids: (ids) => ids,
  attention_mask: (_, __, isToken) => (isToken ? 1n : 0n),
  token_type_ids: () => 0n,
  position_ids: (_, t) => BigInt(t),
};
const [int32, int64] = [6, 7];

/** Reads config.json and tokenizer.json where they lie beside it. */
export async function onnxText(description: OnnxDescription, files: Files): Promise<OnnxText> {
  const { inputs } = description;
  const isText = inputs.some(({ name }) => name === "input_ids");
  const unknown = inputs.filter(({ name, type }) => !Object.hasOwn(kinds, name) || (type !== int32 && type !== int64));
  if (!isText || unknown.length > 0) {
    const got = (isText ? unknown : inputs).map(({ name }) => name).join(", ") || "none";
    return {
      inputs: () => {
        throw new TypeError(
          `inputs: the model's inputs must be among ${Object.keys(kinds).join(", ")}, got ${got}; run it with inputs of your own`,
        );
      },
    };
  }
  const read = async (name: string) => (files.names.includes(name) ? await readJson(files, name) : undefined);
  const tokenizer = await read("tokenizer.json");
  const config = settings((await read("config.json")) ?? {}, "config.json");
  const context = config.optionalSize("max_position_embeddings", "n_positions");
  const start = config.get("bos_token_id");
  const vocabulary = embeddingRows(description) ?? config.optionalSize("vocab_size");
  const tokens: TokenFacts = {
    ...(vocabulary === undefined ? {} : { vocabulary }),
    ...(context === undefined ? {} : { context }),
    ...(typeof start === "number" ? { start } : {}),
    ...(tokenizer === undefined ? {} : { tokenizer }),
  };
  return {
    tokens,
    inputs: (windows) => {
      const ids = paddedIds(windows, tokens);
      const mask = paddingMask(windows);
      return Object.fromEntries(inputs.map((input) => [input.name, inputTensor(input, ids, mask)]));
    },
  };
}

function inputTensor(
  { name, type }: OnnxValue,
  { dims, data }: Extract<RuntimeTensor, { type: "int64" }>,
  mask: readonly boolean[],
): RuntimeTensor {
  const length = dims[1] ?? 1;
  const kind = kinds[name] as (typeof kinds)[string];
  const values = data.map((id, i) => kind(id, i % length, mask[i] === true));
  return type === int64
    ? { type: "int64", dims, data: values }
    : { type: "int32", dims, data: Int32Array.from(values, Number) };
}

/** Rows of the table that the ids look up, where a node does so directly. */
function embeddingRows({ nodes, initializers }: OnnxDescription): number | undefined {
  const lookup = nodes.find(({ op, inputs }) => op === "Gather" && inputs[1] === "input_ids");
  return initializers.find(({ name }) => name === lookup?.inputs[0])?.dims[0];
}
