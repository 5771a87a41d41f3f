import { FormatError, readSafetensors, writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { openModel } from "../src/index.js";
import { f32Tensor, ggufFile } from "./support/ggufFile.js";
import { memoryFiles, weightBytes } from "./support/memoryFiles.js";
import { llama2cFile, llamaFolder, llamaGgufFile, llamaMetadata } from "./support/tinyLlama.js";

const openGguf = (file: Uint8Array) => openModel(memoryFiles({ "tiny.gguf": file }, "tiny.gguf"));
const refused = async (opening: Promise<unknown>): Promise<FormatError> => {
  const error = await opening.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(FormatError);
  return error as FormatError;
};

describe("one network of the Llama kind", () => {
  it("gives the same graph and weights from GGUF, safetensors and llama2.c", async () => {
    const models = [
      await openGguf(llamaGgufFile()),
      await openModel(memoryFiles(llamaFolder())),
      await openModel(memoryFiles({ "tiny.bin": llama2cFile() })),
    ];
    expect(models.map(({ format }) => format)).toEqual(["gguf", "safetensors", "llama2c"]);
    const [hooks] = models.map((model) => model.hooks);
    expect(models.map((model) => model.hooks)).toEqual([hooks, hooks, hooks]);
    const graphs = await Promise.all(models.map((model) => model.graph(["ln_final.hook_normalized"], 5)));
    const [first, ...others] = await Promise.all(graphs.map(weightBytes));
    expect(first?.length).toBe(graphs[0]?.external[0]?.size);
    for (const other of others) expect(other.equals(first as Buffer)).toBe(true);
  });

  it("keeps the rows of Qwen 2, which llama.cpp does not reorder, and has its biases", async () => {
    const metadata = Object.fromEntries(
      Object.entries(llamaMetadata).map(([key, value]) => [key.replace("llama.", "qwen2."), value]),
    );
    const qwen = await openGguf(llamaGgufFile({ ...metadata, "general.architecture": "qwen2" }, "qwen2"));
    const other = await openModel(memoryFiles(llamaFolder({ model_type: "qwen2" })));
    const weights = async (model: typeof qwen) => await weightBytes(await model.graph(["blocks.1.hook_resid_post"], 5));
    expect((await weights(qwen)).equals(await weights(other))).toBe(true);
  });

  it("turns as slowly by factors, by a linear scale of the metadata, and by one of the config", async () => {
    const factors = f32Tensor("rope_freqs.weight", [1], Float32Array.of(2));
    const scaled = { "llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": { float: 2 } };
    const models = [
      await openGguf(llamaGgufFile({}, "llama", [factors])),
      await openGguf(llamaGgufFile(scaled)),
      await openModel(memoryFiles(llamaFolder({ rope_scaling: { type: "linear", factor: 2 } }))),
      await openGguf(llamaGgufFile()),
    ];
    const weights = await Promise.all(
      models.map(async (model) => await weightBytes(await model.graph(["blocks.1.hook_resid_post"], 16))),
    );
    expect(weights.map((bytes) => bytes.equals(weights[0] as Buffer))).toEqual([true, true, true, false]);
  });

  it("reads a model in parts by their index", async () => {
    const { "config.json": config = "", "model.safetensors": whole = "" } = llamaFolder();
    const tensors = [...readSafetensors(whole as Uint8Array).tensors];
    const half = (part: number) => tensors.filter((_, i) => i % 2 === part);
    const files = {
      "config.json": config,
      "a.safetensors": writeSafetensors(half(0)),
      "b.safetensors": writeSafetensors(half(1)),
      "model.safetensors.index.json": JSON.stringify({
        weight_map: Object.fromEntries(
          tensors.map(([name], i) => [name, i % 2 === 0 ? "a.safetensors" : "b.safetensors"]),
        ),
      }),
    };
    const parts = await weightBytes(await (await openModel(memoryFiles(files))).graph(["blocks.1.hook_resid_post"], 4));
    const one = await weightBytes(
      await (await openModel(memoryFiles(llamaFolder()))).graph(["blocks.1.hook_resid_post"], 4),
    );
    expect(parts.equals(one)).toBe(true);
    const { "b.safetensors": _, ...incomplete } = files;
    expect(await refused(openModel(memoryFiles(incomplete)))).toMatchObject({ code: "missing-file" });
  });

  it("knows name, licence, context and start token of a GGUF file, and why it has no tokenizer", async () => {
    const file = llamaGgufFile({
      "general.license": "mit",
      "tokenizer.ggml.bos_token_id": 3,
      "tokenizer.ggml.model": "llama",
    });
    const model = await openGguf(file);
    expect(model).toMatchObject({ name: "tiny", licence: "mit", architecture: "llama" });
    expect(model.tokens).toEqual({
      ...{ vocabulary: 16, context: 32, start: 3 },
      tokenizerAbsent: "its tokenizer must be byte-level BPE (gpt2), got llama",
    });
  });
});

describe("what cannot be read is refused with what to do", () => {
  const openFolder = (config: Readonly<Record<string, unknown>>) => openModel(memoryFiles(llamaFolder(config)));

  it.each([
    [{ "general.architecture": "mamba" }, "unsupported-architecture", "must be one of llama, qwen2, got mamba"],
    [{ "llama.rope.scaling.type": "yarn" }, "unsupported-rope", "yarn"],
    [{ "llama.attention.head_count": 3 }, "bad-config", "got 3 heads"],
    [{ "llama.feed_forward_length": 13 }, "bad-shape", "must have shape [8, 13], got [8, 12]"],
    [{ "llama.expert_count": 8 }, "unsupported-architecture", "got 8 experts"],
    [{ "llama.block_count": 3 }, "missing-tensor", "must have blk.2."],
    [{ "llama.context_length": "long" }, "bad-config", "must be a whole number"],
    [{ "tokenizer.ggml.bos_token_id": 16 }, "bad-metadata", "within the 16 of the vocabulary"],
  ])("GGUF with %o", async (metadata, code, message) => {
    const error = await refused(openGguf(llamaGgufFile(metadata)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it.each([
    [{ model_type: "mamba" }, "unsupported-architecture", "got mamba"],
    [{ quantization_config: {} }, "unsupported-quantisation", "without quantisation"],
    [{ rope_scaling: { rope_type: "yarn", factor: 2 } }, "unsupported-rope", "got yarn"],
    [{ rope_scaling: { rope_type: "linear" } }, "bad-config", "factor must be a positive number"],
    [{ partial_rotary_factor: 0.5 }, "unsupported-config", "partial_rotary_factor 0.5"],
    [{ hidden_act: "gelu" }, "unsupported-config", "activation gelu"],
    [{ attention_bias: true }, "missing-tensor", "self_attn.q_proj.bias"],
    [{ vocab_size: 17 }, "bad-shape", "[17, 8], got [16, 8]"],
    [{ hidden_size: -1 }, "bad-config", "got -1"],
  ])("a folder with %o", async (config, code, message) => {
    const error = await refused(openFolder(config));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it("names a quantisation that it does not read, before any work", async () => {
    const bytes = new Uint8Array(144);
    const file = ggufFile(llamaMetadata, [{ name: "token_embd.weight", shape: [1, 256], type: 12, bytes }]);
    const error = await refused(openGguf(file));
    expect(error.message).toMatch(/token_embd.weight must be of F32, .* got Q4_K; take the file in Q8_0 or F16/);
  });

  it("a checkpoint of llama2.c that is cut short", async () => {
    const error = await refused(openModel(memoryFiles({ "tiny.bin": llama2cFile().subarray(0, -4) })));
    expect(error).toMatchObject({ code: "size-mismatch" });
  });

  it.each(["model.gguf", "model.onnx", "model.safetensors"])("a Git LFS pointer in place of %s", async (name) => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
    const files = { "config.json": llamaFolder()["config.json"] ?? "", [name]: pointer };
    expect(await refused(openModel(memoryFiles(files)))).toMatchObject({ code: "lfs-pointer" });
    expect(await refused(openModel(memoryFiles(files, name)))).toMatchObject({ code: "lfs-pointer" });
  });

  it("files of no kind, by their names", async () => {
    const error = await refused(openModel(memoryFiles({ "notes.txt": "" })));
    expect(error.message).toContain("got notes.txt");
  });

  it("every GGUF file that is cut short", async () => {
    const file = llamaGgufFile({ "tokenizer.ggml.tokens": ["a", "b"], list: [1, 2, 3] });
    for (let length = 4; length < file.length; length += 97) {
      const error = await refused(openGguf(file.slice(0, length)));
      expect(error.code).toMatch(/gguf-truncated|bad-offset/);
    }
  });

  it("a list that is longer than its file, without room for it", async () => {
    const file = Buffer.from(ggufFile({ list: ["a"] }, [f32Tensor("x", [1], Float32Array.of(1))]));
    for (const [count, code] of [
      [2n ** 20n, "gguf-truncated"],
      [2n ** 40n, "gguf-metadata"],
    ] as const) {
      file.writeBigUInt64LE(count, file.indexOf("list") + 4 + 4 + 4);
      expect(await refused(openGguf(file))).toMatchObject({ code });
    }
  });
});

describe("a model's graph and inputs", () => {
  it("name the nearest hooks where one is wrong, and refuse windows that are too long", async () => {
    const model = await openGguf(llamaGgufFile());
    await expect(model.graph(["blocks.1.hook_resid"], 4)).rejects.toThrow(
      /nearest are blocks\.1\.hook_resid_(pre|mid|post)/,
    );
    await expect(model.graph([], 4)).rejects.toThrow("at least one, got none");
    await expect(model.graph(["hook_embed"], 33)).rejects.toThrow("from 1 to 32, the longest window of tiny, got 33");
    expect(() => model.inputs([new Int32Array(33)])).toThrow("1 to 32 tokens, got lengths 33");
    expect(() => model.inputs([Int32Array.of(1, 16)])).toThrow(
      "ids must be from 0 to 15, got 16 at token 1 of window 0",
    );
    expect(() => model.inputs([])).toThrow("got lengths none");
  });

  it("pads shorter windows behind", async () => {
    const model = await openGguf(llamaGgufFile());
    expect(model.inputs([Int32Array.of(1, 2, 3), Int32Array.of(4)])).toEqual({
      ids: { type: "int64", dims: [2, 3], data: BigInt64Array.of(1n, 2n, 3n, 4n, 0n, 0n) },
    });
  });
});
