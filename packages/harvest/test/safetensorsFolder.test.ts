import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openModel } from "../src/index.js";
import { memoryFiles } from "./support/memoryFiles.js";

const folder = join(import.meta.dirname, "fixtures/models");
const filesOf = (name: string, config: Readonly<Record<string, unknown>> = {}) => {
  const read = (file: string) => readFileSync(join(folder, name, file));
  return {
    "config.json": JSON.stringify({ ...JSON.parse(read("config.json").toString()), ...config }),
    "model.safetensors": new Uint8Array(read("model.safetensors")),
  };
};
const open = (name: string, config: Readonly<Record<string, unknown>> = {}) =>
  openModel(memoryFiles(filesOf(name, config)));

describe("a folder of Hugging Face", () => {
  it("gives the tokenizer beside it, and its token that begins a text of BERT", async () => {
    const tokenizer = {
      added_tokens: [
        { id: 0, content: "[PAD]" },
        { id: 5, content: "[CLS]" },
      ],
      model: { type: "WordPiece" },
    };
    const model = await openModel(memoryFiles({ ...filesOf("bert"), "tokenizer.json": JSON.stringify(tokenizer) }));
    expect(model.tokens).toEqual({ vocabulary: 32, context: 20, start: 5, tokenizer });
    expect((await open("bert")).tokens).toEqual({
      ...{ vocabulary: 32, context: 20 },
      tokenizerAbsent: "its folder must have a tokenizer.json, got none",
    });
  });

  it("has the name that its config gives, but not a place on somebody's disk", async () => {
    expect((await open("gpt2", { _name_or_path: "openai-community/gpt2" })).name).toBe("openai-community/gpt2");
    expect((await open("gpt2", { _name_or_path: "/home/me/models/gpt2" })).name).toBe("folder");
  });

  it("tells BERT which tokens are padding, and leaves room for the positions that RoBERTa skips", async () => {
    const model = await open("bert");
    expect(model.inputs([Int32Array.of(4, 5), Int32Array.of(6)])).toEqual({
      ids: { type: "int64", dims: [2, 2], data: BigInt64Array.of(4n, 5n, 6n, 0n) },
      mask: { type: "float32", dims: [2, 2], data: Float32Array.of(1, 1, 1, 0) },
    });
    expect((await open("roberta")).tokens).toMatchObject({ context: 18 });
  });

  it("keeps within a sliding window, where attention sees everything", async () => {
    const { "model.safetensors": weights, "config.json": config } = filesOf("llama", { sliding_window: 12 });
    const model = await openModel(memoryFiles({ "model.safetensors": weights, "config.json": config }));
    expect(model.tokens).toMatchObject({ context: 12, start: 1 });
    await expect(model.graph(["hook_embed"], 13)).rejects.toThrow("from 1 to 12, the longest window");
  });

  it.each([
    [
      "gpt2",
      { activation_function: "swish" },
      "unsupported-activation",
      "gelu, gelu_new, gelu_pytorch_tanh, relu, got swish",
    ],
    ["gpt2", { scale_attn_by_inverse_layer_idx: true }, "unsupported-config", "another scale"],
    ["bert", { is_decoder: true }, "unsupported-config", "a decoder"],
    ["bert", { position_embedding_type: "relative_key" }, "unsupported-config", "positions relative_key"],
    ["bert", { num_attention_heads: 3 }, "bad-config", "got 3 heads"],
    ["bert", { type_vocab_size: 3 }, "bad-shape", "[3, 16], got [2, 16]"],
    ["llama", { bos_token_id: 32 }, "bad-metadata", "within the 32 of the vocabulary, got 32"],
  ])("of %s with %o is refused", async (name, config, code, message) => {
    const opening = open(name, config);
    await expect(opening).rejects.toMatchObject({ name: "FormatError", code });
    await expect(opening).rejects.toThrow(message);
  });
});
