import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromSaelens, type Model, type ReadOptions, readCheckpoint, toSaelens } from "@monosema/sdl";
import { loadCheckpoint } from "@monosema/sdl/node";
import { random, readSafetensors, type StoredTensor, toBfloat16, writePt, writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { dictionaryFormats } from "../src/index.js";
import { memoryFiles } from "./support/memoryFiles.js";
import { expectedIn, expectSame, foldersOf, shared } from "./support/peers.js";

const root = fileURLToPath(new URL("fixtures", import.meta.url));
const rng = random(10, "hazards");
const matrix = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.fround(rng.normal())));
const transposed = (values: readonly number[][]): number[][] =>
  (values[0] ?? []).map((_, c) => values.map((row) => row[c] as number));
const f32 = (values: readonly number[] | readonly number[][]): StoredTensor => {
  const [first] = values;
  const shape = typeof first === "object" ? [values.length, first.length] : [values.length];
  return { dtype: "F32", shape, data: Float32Array.from(values.flat()) };
};

const [nP, nQ] = [3, 5];
/** Latents by row [Q, P], and biases; a square dictionary beside a wide one. */
const parts = (q = nQ, p = nP) => ({
  encoder: matrix(q, p),
  decoder: matrix(q, p),
  bE: matrix(1, q)[0] as number[],
  bD: matrix(1, p)[0] as number[],
});
type Parts = ReturnType<typeof parts>;
const [wide, square] = [parts(), parts(4, 4)];

type Tensors = Readonly<Record<string, StoredTensor>>;
const safetensors = (tensors: Tensors): Uint8Array => writeSafetensors(Object.entries(tensors));
const read = (files: Parameters<typeof memoryFiles>[0], options: ReadOptions = {}) =>
  readCheckpoint(memoryFiles(files), { formats: dictionaryFormats, ...options });

/** ReLU or the k largest of it, in plain loops. */
function computed({ encoder, decoder, bE, bD }: Parts, { subtracts, k, keep = (z) => z > 0 }: Rule) {
  const x = matrix(9, bD.length);
  const codes = x.map((row) => {
    const centred = row.map((value, d) => value - (subtracts ? (bD[d] as number) : 0));
    const z = encoder.map((w, q) => w.reduce((sum, v, d) => sum + v * (centred[d] as number), bE[q] as number));
    const least = k === undefined ? 0 : ([...z].sort((a, b) => b - a)[k - 1] as number);
    return z.map((value, q) => (keep(value, q) && value > 0 && value >= least ? value : 0));
  });
  const reconstruction = codes.map((f) =>
    bD.map((b, d) => f.reduce((sum, value, q) => sum + value * ((decoder[q] as number[])[d] as number), b)),
  );
  return { x, codes, reconstruction };
}

interface Rule {
  readonly subtracts: boolean;
  readonly k?: number;
  readonly keep?: (z: number, latent: number) => boolean;
}

describe("hazard 10.1: names lie, shapes decide", () => {
  const saelens = ({ encoder, decoder, bE, bD }: Parts, isTurned: boolean): Tensors => ({
    W_enc: f32(isTurned ? encoder : transposed(encoder)),
    W_dec: f32(isTurned ? transposed(decoder) : decoder),
    b_enc: f32(bE),
    b_dec: f32(bD),
  });
  const loose = (values: Parts, isTurned: boolean) => ({ "sae.safetensors": safetensors(saelens(values, isTurned)) });
  const folder = (values: Parts, isTurned: boolean, metadata: object = {}) => ({
    "sae_weights.safetensors": safetensors(saelens(values, isTurned)),
    "cfg.json": { architecture: "standard", d_in: values.bD.length, d_sae: values.bE.length, metadata },
  });

  it("SAELens' names with the opposite orientation give the same dictionary", async () => {
    const [one, other] = [(await read(loose(wide, false))).model, (await read(loose(wide, true))).model];
    expect(other).toEqual(one);
    await expectSame(one, computed(wide, { subtracts: true }), 1e-5);
    expect((await read(folder(wide, true))).model.weights).toEqual((await read(folder(wide, false))).model.weights);
  });

  it("where P = Q the orientation is asked for, and followed", async () => {
    for (const files of [loose(square, false), folder(square, false)]) {
      await expect(read(files)).rejects.toMatchObject({ code: "ambiguous-orientation" });
      const { model } = await read(files, { orientation: "saelens" });
      await expectSame(model, computed(square, { subtracts: true }), 1e-5);
    }
    const { model } = await read(folder(square, true), { orientation: "transposed" });
    await expectSame(model, computed(square, { subtracts: true }), 1e-5);
  });

  it("unless SAELens says that it wrote the file: its version fixes how it lies", async () => {
    const { model } = await read(folder(square, false, { sae_lens_version: "6.54.12" }));
    await expectSame(model, computed(square, { subtracts: true }), 1e-5);
  });

  const real = join(shared, "data/sae/residual-verif/sae.safetensors");
  it.skipIf(!existsSync(real))(
    `a real file of this kind is read by its shapes (${existsSync(real) ? "there" : `skipped: no ${real}`})`,
    async () => {
      const { model } = await loadCheckpoint(real, { formats: dictionaryFormats });
      expect(model.spec).toMatchObject({ nP: 32, nQ: 64 });
    },
  );
});

describe("hazard 10.2: sparsify's W_dec is [Q, P] already, and its SAEs always subtract b_dec", () => {
  it.each([
    ["square", square, true],
    ["square, without normalised rows", square, false],
    ["wide, without normalised rows", wide, false],
  ] as const)("%s", async (_, values, normalised) => {
    const { encoder, decoder, bE, bD } = values;
    const tensors = { "encoder.weight": f32(encoder), "encoder.bias": f32(bE), W_dec: f32(decoder), b_dec: f32(bD) };
    const config = { d_in: bD.length, num_latents: bE.length, k: 2, normalize_decoder: normalised };
    const { model } = await read({ "sae.safetensors": safetensors(tensors), "cfg.json": config });
    await expectSame(model, computed(values, { subtracts: true, k: 2 }), 1e-5);
  });
});

describe("hazard 10.3: dictionary_learning's own rules", () => {
  const linear = ({ encoder, decoder, bE }: Parts): Tensors => ({
    "encoder.weight": f32(encoder),
    "encoder.bias": f32(bE),
    "decoder.weight": f32(transposed(decoder)),
  });
  const folder = (tensors: Tensors, dictClass: string) => ({
    "ae.pt": writePt(tensors),
    "config.json": { trainer: { dict_class: dictClass, activation_dim: nP, dict_size: nQ } },
  });

  it("AutoEncoderNew has a b_dec, which it does not subtract", async () => {
    const { model } = await read(folder({ ...linear(wide), "decoder.bias": f32(wide.bD) }, "AutoEncoderNew"));
    expect(model.weights.decoderBias).toEqual(Float32Array.from(wide.bD));
    await expectSame(model, computed(wide, { subtracts: false }), 1e-5);
  });

  it("JumpReluAutoEncoder keeps its thresholds and does not subtract b_dec", async () => {
    const { encoder, decoder, bE, bD } = wide;
    const theta = bE.map((_, q) => 0.3 + 0.2 * q);
    const tensors = {
      W_enc: f32(transposed(encoder)),
      b_enc: f32(bE),
      W_dec: f32(decoder),
      b_dec: f32(bD),
      threshold: f32(theta),
    };
    const { model } = await read(folder(tensors, "JumpReluAutoEncoder"));
    await expectSame(model, computed(wide, { subtracts: false, keep: (z, q) => z > (theta[q] as number) }), 1e-5);
  });
});

describe("hazard 10.4: what is ignored is returned, what is unknown, missing or misshapen is refused", () => {
  const whole: Tensors = {
    W_enc: f32(transposed(wide.encoder)),
    W_dec: f32(wide.decoder),
    b_enc: f32(wide.bE),
    b_dec: f32(wide.bD),
  };
  const folder = (tensors: Tensors, more: object = {}) => ({
    "sae_weights.safetensors": safetensors(tensors),
    "cfg.json": { architecture: "standard", d_in: nP, d_sae: nQ, metadata: { sae_lens_version: "6.54.12" }, ...more },
  });

  it.each<[string, Tensors, RegExp]>([
    ["unexpected-tensor", { ...whole, mystery: f32([1, 2]) }, /got mystery; pass unexpectedTensors/],
    [
      "missing-tensor",
      { W_enc: whole.W_enc as StoredTensor, W_dec: whole.W_dec as StoredTensor },
      /b_(enc|dec) is required, got only W_(enc|dec), W_(enc|dec);/,
    ],
    [
      "bad-shape",
      { ...whole, W_dec: f32(matrix(2, 2)) },
      /W_dec must have the shape \[5, 3\] or \[3, 5\], got \[2, 2\]/,
    ],
  ])("%s", async (code, tensors, message) => {
    await expect(read(folder(tensors))).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("keys of the config and tensors that play no part are listed", async () => {
    const files = folder({ ...whole, mystery: f32([1, 2]) }, { colour: "blue" });
    const { ignored } = await read(files, { unexpectedTensors: "ignore" });
    expect(ignored).toEqual(["cfg.json: colour", "tensor mystery"]);
  });
});

describe("hazard 10.5: every fixture computes what its program computed, and goes through our own files bit for bit", () => {
  const programs = ["crosscode", "dictionary_learning", "gemma_scope", "openai", "openmoss", "saelens", "sparsify"];
  const folders = programs.flatMap((program) => foldersOf(join(root, program)).map((name) => `${program}/${name}`));
  it.each(folders)("%s", async (name) => {
    const { model } = await loadCheckpoint(join(root, name), { formats: dictionaryFormats });
    const back = fromSaelens(toSaelens(model)).model;
    expect(bitsOf(back)).toEqual(bitsOf(model));
    expect({ ...back, weights: undefined, metadata: undefined }).toEqual({
      ...model,
      weights: undefined,
      metadata: undefined,
    });
    // The batch rule aside, which fixtures.test.ts follows, the codes are the program's.
    const isBatch = /batchtopk_(training|crosscoder)/.test(name);
    if (!isBatch) await expectSame(back, expectedIn(join(root, name)), 1e-5);
  });
});

function bitsOf({ weights }: Model): Readonly<Record<string, string>> {
  const hex = (data: Float32Array): string =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
  return Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, hex(data as Float32Array)]));
}

describe("hazard 10.6: thresholds and biases stay float32, whatever the file's dtype", () => {
  it("a bfloat16 folder with thresholds in float32 keeps them, and so does what is written of it", () => {
    const bfloat16 = (tensor: StoredTensor): StoredTensor => ({ ...tensor, dtype: "BF16" });
    const theta = [0.1, 0.2, 0.3, 0.7, 1.1];
    expect(toBfloat16(Float32Array.of(0.1))).not.toEqual(toBfloat16(Float32Array.of(0.1015))); // else there is nothing to lose
    const tensors: Tensors = {
      W_enc: bfloat16(f32(transposed(wide.encoder))),
      W_dec: bfloat16(f32(wide.decoder)),
      b_enc: f32(wide.bE),
      b_dec: f32(wide.bD),
      threshold: f32(theta),
    };
    const config = {
      architecture: "jumprelu",
      d_in: nP,
      d_sae: nQ,
      dtype: "bfloat16",
      metadata: { sae_lens_version: "6.54.12" },
    };
    const { model } = fromSaelens({ weights: safetensors(tensors), config: JSON.stringify(config) });
    expect(model.weights.theta).toEqual(Float32Array.from(theta));
    expect(model.weights.encoderBias).toEqual(Float32Array.from(wide.bE));
    expect(model.weights.decoderBias).toEqual(Float32Array.from(wide.bD));
    const written = readSafetensors(toSaelens(model).weights).tensors;
    for (const name of ["threshold", "b_enc", "b_dec"])
      expect(written.get(name)).toMatchObject({ dtype: "F32", data: tensors[name]?.data });
  });
});
