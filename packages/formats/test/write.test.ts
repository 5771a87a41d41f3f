import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CheckpointFormat,
  checkpointFormats,
  crosslayer,
  type Model,
  readCheckpoint,
  type SdlSpec,
  sae,
  transcoder,
  withLatentNames,
} from "@monosema/sdl";
import { loadCheckpoint } from "@monosema/sdl/node";
import { describe, expect, it } from "vitest";
import { circuitTracer, dictionaryFormats, dictionaryLearning, sparsify } from "../src/index.js";
import { memoryFiles } from "./support/memoryFiles.js";
import { expectedIn, expectSame, foldersOf } from "./support/peers.js";

const root = fileURLToPath(new URL("fixtures", import.meta.url));
const load = async (name: string): Promise<Model> =>
  (await loadCheckpoint(join(root, name), { formats: dictionaryFormats })).model;

const bytesOf = (format: CheckpointFormat, model: Model): Record<string, Uint8Array> =>
  Object.fromEntries(
    [...(format.write?.(model).files ?? [])].map(([name, parts]) => [
      name,
      Uint8Array.from([...parts].flatMap((part) => [...part])),
    ]),
  );

const cases: readonly (readonly [name: string, format: CheckpointFormat, losses: number])[] = [
  ["dictionary_learning/autoencoder", dictionaryLearning, 0],
  ["dictionary_learning/autoencodernew", dictionaryLearning, 0],
  ["dictionary_learning/gated", dictionaryLearning, 0],
  ["dictionary_learning/jumprelu", dictionaryLearning, 0],
  ["dictionary_learning/topk", dictionaryLearning, 0],
  ["dictionary_learning/batchtopk", dictionaryLearning, 0],
  ["saelens/jumprelu", dictionaryLearning, 1],
  ["saelens/gated_unfolded", dictionaryLearning, 0],
  ["openmoss/parameters", dictionaryLearning, 0],
  ["sparsify/topk", sparsify, 0],
  ["sparsify/groupmax", sparsify, 0],
  ["sparsify/transcoder", sparsify, 0],
  ["sparsify/skip_transcoder", sparsify, 0],
  ["saelens/topk_rescale_unfolded", sparsify, 0],
  ["saelens/topk_plain", dictionaryLearning, 0],
  ["circuit_tracer/relu", circuitTracer, 0],
  ["circuit_tracer/jump_relu", circuitTracer, 0],
  ["crosslayer_coding/relu", circuitTracer, 0],
  ["crosslayer_coding/tied_by_target", circuitTracer, 0],
];

const written = [
  "saelens",
  "sparsify",
  "dictionary_learning",
  "openmoss",
  "gemma_scope",
  "openai",
  "crosscode",
].flatMap((program) => foldersOf(join(root, program)).map((name) => `${program}/${name}`));

describe("a dictionary that is written in another layout", () => {
  it.each(cases)("%s computes the same, and is written to the same bytes again", async (name, format, losses) => {
    const model = await load(name);
    expect(format.write?.(model).warnings.length).toBe(losses);
    const files = bytesOf(format, model);
    const read = await readCheckpoint(memoryFiles(files), { formats: dictionaryFormats });
    expect(read.origin.layout).toBe(format.name);
    expect(read.ignored.filter((key) => key !== "tensor threshold")).toEqual([]);
    await expectSame(read.model, expectedIn(join(root, name)), 1e-5);
    expect(bytesOf(format, read.model)).toEqual(files);
  });

  it.each(written)(
    "%s: the SAELens folder that we write of it, read and written again, has the same bytes",
    async (name) => {
      const format = checkpointFormats[0] as CheckpointFormat;
      const files = bytesOf(format, await load(name));
      const read = await readCheckpoint(memoryFiles(files), { formats: dictionaryFormats });
      expect(read.origin).toMatchObject({ layout: "saelens", monosema: true });
      expect(bytesOf(format, read.model)).toEqual(files);
    },
  );

  it("of circuit-tracer is a JumpReLU where it was trained with BatchTopK, and alike in all layers", async () => {
    const layers = { sources: [3, 3], nQ: 8, activation: { kind: "batchtopk", k: 2 } } as const;
    const trained: Model = { ...modelOf(crosslayer(layers)), threshold: 0.25 };
    const { model } = await readCheckpoint(memoryFiles(bytesOf(circuitTracer, trained)), {
      formats: dictionaryFormats,
    });
    expect(model.weights.theta).toEqual(new Float32Array(8).fill(0.25));
    expect([model.weights.encoder, model.weights.decoder]).toEqual([trained.weights.encoder, trained.weights.decoder]);
    const named = withLatentNames(trained, new Map([[3, "digits"]]));
    expect(circuitTracer.write?.(named).warnings).toEqual([
      expect.stringMatching(/names of latents, 1 are lost \[names\]/),
    ]);
    const refused = (spec: SdlSpec, message: RegExp): void =>
      expect(() => circuitTracer.write?.(modelOf(spec))).toThrow(message);
    refused(crosslayer(layers), /relu, jumprelu or batchtopk with its threshold, got batchtopk/);
    refused(crosslayer({ ...layers, activation: { kind: "topk", k: 2 } }), /got topk; write monosema/);
    refused(crosslayer({ ...layers, sources: [3, 4], activation: { kind: "relu" } }), /must have one width/);
    refused(sae({ nP: 3, nQ: 5, activation: { kind: "relu" } }), /must be a cross-layer transcoder, got sae/);
    const topk = modelOf(crosslayer({ ...layers, activation: { kind: "topk", k: 2 } }));
    expect(() => sparsify.write?.(topk)).toThrow("sparsify: the dictionary must be of one layer");
    expect(() => dictionaryLearning.write?.(topk)).toThrow("must be an SAE with relu");
  });

  it("is refused where the other program has none like it", async () => {
    const { write: toSparsify } = sparsify;
    const { write: toLearning } = dictionaryLearning;
    expect(() => toSparsify?.(modelOf(sae({ nP: 3, nQ: 5, activation: { kind: "relu" } })))).toThrow(
      "sparsify: the activation must be topk or groupmax, got relu; write saelens",
    );
    const wide = transcoder({ nP: 3, nR: 4, nQ: 5, activation: { kind: "topk", k: 2 } });
    expect(() => toSparsify?.(modelOf(wide))).toThrow(/inputs must be as wide as outputs .*, got 3 and 4/);
    expect(() => toLearning?.(modelOf(wide))).toThrow(/must be an SAE with .*, got a topk transcoder/);
    const scaled = {
      ...modelOf(sae({ nP: 3, nQ: 5, activation: { kind: "relu" } })),
      inputScaling: "layerNorm",
    } as const;
    expect(() => toLearning?.(scaled)).toThrow(/of samples scaled by layerNorm/);
  });
});

const modelOf = (spec: Model["spec"]): Model => ({
  spec,
  weights: { encoder: new Float32Array(spec.nQ * spec.nP), decoder: new Float32Array(spec.nQ * spec.nR) },
  inputScaling: "none",
});
