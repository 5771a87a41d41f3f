import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCheckpoint } from "@monosema/sdl";
import { loadCheckpoint } from "@monosema/sdl/node";
import { random, type StoredTensor, writeSafetensors } from "@monosema/tensor";
import { expect, it, onTestFinished } from "vitest";
import { dictionaryFormats } from "../src/index.js";
import { memoryFiles } from "./support/memoryFiles.js";
import { expectSame } from "./support/peers.js";

const [nP, nQ] = [4, 7];
const rng = random(4, "llama scope");
const matrix = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.fround(rng.normal())));
const f32 = (values: number[] | number[][]): StoredTensor => {
  const shape = Array.isArray(values[0]) ? [values.length, values[0].length] : [values.length];
  return { dtype: "F32", shape, data: Float32Array.from(values.flat()) };
};
const [encoder, decoder] = [matrix(nQ, nP), matrix(nP, nQ)];
const [bE, bD] = [matrix(1, nQ)[0] as number[], matrix(1, nP)[0] as number[]];
const weights = writeSafetensors(
  Object.entries({ "encoder.weight": encoder, "encoder.bias": bE, "decoder.weight": decoder, "decoder.bias": bD }).map(
    ([name, values]) => [name, f32(values)] as const,
  ),
);
const hook = "blocks.8.hook_resid_post";
/** What stands in a hyperparams.json of Llama Scope, at another size. */
const hyperparams = {
  d_model: nP,
  d_sae: nQ,
  hook_point_in: hook,
  hook_point_out: hook,
  act_fn: "jumprelu",
  jump_relu_threshold: 0.4,
  norm_activation: "dataset-wise",
  dataset_average_activation_norm: { in: 1.7, out: 2.3 },
  use_decoder_bias: true,
  apply_decoder_bias_to_pre_encoder: false,
  sparsity_include_decoder_norm: true,
  top_k: 50,
};
const x = matrix(12, nP);

/** What OpenMOSS computes, in plain loops. */
function computed({
  apply_decoder_bias_to_pre_encoder: isLess,
  sparsity_include_decoder_norm: withNorm,
}: typeof hyperparams) {
  const [sIn, sOut] = [2 / 1.7, 2 / 2.3];
  const codes = x.map((row) => {
    const scaled = row.map((value, d) => value * sIn - (isLess ? (bD[d] as number) : 0));
    return encoder.map((direction, q) => {
      const z = direction.reduce((sum, w, d) => sum + w * (scaled[d] as number), bE[q] as number);
      const norm = Math.hypot(...decoder.map((weights) => weights[q] as number));
      return z * (withNorm ? norm : 1) > 0.4 ? z : 0;
    });
  });
  const reconstruction = codes.map((f) =>
    decoder.map((row, d) => row.reduce((sum, w, q) => sum + w * (f[q] as number), bD[d] as number) / sOut),
  );
  return { x, codes, reconstruction };
}

it.each([
  ["as published", {}],
  ["with b_D subtracted first", { apply_decoder_bias_to_pre_encoder: true }],
  ["with a threshold on z alone", { sparsity_include_decoder_norm: false }],
])(
  "Llama Scope's one threshold of all latents, %s: codes and reconstruction of OpenMOSS to 1e-5",
  async (_, changes) => {
    const config = { ...hyperparams, ...changes };
    const files = memoryFiles({ "hyperparams.json": config, "checkpoints/final.safetensors": weights });
    const { model, origin } = await readCheckpoint(files, { formats: dictionaryFormats });
    expect(origin).toMatchObject({ layout: "openmoss", architecture: "jumprelu sae" });
    await expectSame(model, computed(config), 1e-5);
  },
);

it("a folder of Llama Scope has its weights in checkpoints", async () => {
  const folder = mkdtempSync(join(tmpdir(), "monosema-openmoss-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "checkpoints"));
  writeFileSync(join(folder, "hyperparams.json"), JSON.stringify(hyperparams));
  writeFileSync(join(folder, "checkpoints/final.safetensors"), weights);
  const { model } = await loadCheckpoint(folder, { formats: dictionaryFormats });
  expect(model.spec).toMatchObject({ nP, nQ, activation: { kind: "jumprelu" } });
});
