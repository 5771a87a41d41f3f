import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readCheckpoint } from "@monosema/sdl";
import { type StoredTensor, writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { dictionaryFormats } from "../src/index.js";
import { memoryFiles } from "./support/memoryFiles.js";

const fixture = (name: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))));
const read = (files: Parameters<typeof memoryFiles>[0], main?: string) =>
  readCheckpoint(memoryFiles(files, main), { formats: dictionaryFormats });
const f32 = (...shape: number[]): StoredTensor => ({
  dtype: "F32",
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b)),
});

describe("a folder of circuit-tracer", () => {
  const whole = Object.fromEntries(
    [0, 1, 2].flatMap((l) =>
      ["W_enc", "W_dec"].map((name) => [
        `${name}_${l}.safetensors`,
        fixture(`circuit_tracer/relu/${name}_${l}.safetensors`),
      ]),
    ),
  );

  it("is opened by any of its files", async () => {
    const { model } = await read(whole);
    expect(model.spec).toMatchObject({ variant: "crosslayer", layers: Array(3).fill({ nP: 4, nR: 4, nQ: 5 }) });
    for (const name of Object.keys(whole)) expect((await read(whole, name)).model).toEqual(model);
  });

  it.each(["W_dec_2.safetensors", "W_enc_1.safetensors"])("names %s where it is missing", async (name) => {
    const { [name]: _, ...rest } = whole;
    await expect(read(rest)).rejects.toMatchObject({ code: "missing-file" });
  });

  it("names the tensor whose shape is not that of the first layer", async () => {
    const other = { W_enc_1: f32(5, 3), b_enc_1: f32(5), b_dec_1: f32(4) };
    await expect(
      read({ ...whole, "W_enc_1.safetensors": writeSafetensors(Object.entries(other)) }),
    ).rejects.toMatchObject({ code: "bad-shape", at: { tensor: "W_enc_1" } });
  });
});

describe("a folder of crosslayer-coding", () => {
  const weights = fixture("crosslayer_coding/relu/clt_checkpoint_latest.safetensors");
  const config = JSON.parse(new TextDecoder().decode(fixture("crosslayer_coding/relu/cfg.json"))) as object;
  const changed = (change: object) =>
    read({ "clt_checkpoint_latest.safetensors": weights, "cfg.json": { ...config, ...change } });

  it("is its latest checkpoint where it has several, and any that is named", async () => {
    const older = fixture("crosslayer_coding/before_modules/model.safetensors");
    const cfg = { ...config, activation_fn: "jumprelu" };
    const files = { "clt_checkpoint_latest.safetensors": weights, "clt_checkpoint_10.safetensors": older };
    expect((await read({ ...files, "cfg.json": config })).model.spec.activation.kind).toBe("relu");
    const { model } = await read({ ...files, "cfg.json": cfg }, "clt_checkpoint_10.safetensors");
    expect(model.weights.theta?.length).toBe(15);
  });

  it("says that activations were normalised in training", async () => {
    const { warnings } = await changed({ normalization_method: "mean_std" });
    expect(warnings.join()).toMatch(/normalised in training \(mean_std\), which is not folded in/);
    expect((await changed({})).warnings).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["selections that rank by the batch", { activation_fn: "batchtopk", batchtopk_k: 3 }, "unsupported-activation"],
    ["codes that are moved", { decoder_tying: "per_source", enable_feature_offset: true }, "unsupported-architecture"],
    ["skips", { skip_connection: true }, "unsupported-architecture"],
    ["a tying that is not known", { decoder_tying: "all" }, "bad-config"],
    ["what does not fit as one matrix", { num_features: 65536, num_layers: 26, d_model: 2304 }, "too-large"],
    ["a config of other sizes", { num_layers: 2 }, "unexpected-tensor"],
  ])("refuses %s", async (_, change, code) => {
    await expect(changed(change)).rejects.toMatchObject({ name: "FormatError", code });
  });

  it("names the config where it is missing", async () => {
    await expect(read({ "model.safetensors": weights })).rejects.toMatchObject({ code: "missing-file" });
  });
});
