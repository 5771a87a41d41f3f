import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  arrayRows,
  crosscoder,
  crosslayer,
  evaluateModel,
  fit,
  foldShift,
  type Model,
  normalisation,
  openModel,
  rowBatches,
  type SdlSpec,
  sae,
  sequentialBatches,
  transcoder,
  transcodes,
} from "../src/index.js";
import { worstError } from "./support/gradients.js";
import { activations } from "./support/specs.js";
import { toySource } from "./support/toyDictionary.js";

const [nP, nR, size] = [6, 4, 256];
const near = await toySource({ nP, nR, batchSize: size }).batch(1);
/** Multiples of 2^-10, so that adding a constant is exact in float32. */
const round = (values: ArrayLike<number>): Float32Array =>
  Float32Array.from(values, (v) => Math.round(1024 * v) / 1024);
const [input, target] = [round(near.input), round(near.target as Float32Array)];
const moved = (rows: Float32Array, width: number, by: number): Float32Array =>
  rows.map((v, i) => v + by * (1 + ((i % width) % 3)));

const shared = { nQ: 24, biases: true, activation: { kind: "topk", k: 3 } } as const;
const specs: Readonly<Record<string, SdlSpec>> = {
  sae: sae({ nP, ...shared }),
  crosscoder: crosscoder({ sources: [2, 4], ...shared }),
  transcoder: transcoder({ nP, nR, ...shared }),
  crosslayer: crosslayer({ sources: [2, 4], targets: [1, nR - 1], ...shared }),
  "skip transcoder": transcoder({ nP, nR, skip: true, ...shared }),
  "gated transcoder": transcoder({ nP, nR, ...shared, activation: { kind: "gated" }, unitNormDecoder: true }),
};

async function trained(spec: SdlSpec, x: Float32Array, y: Float32Array, kind: "meanNorm" | "rms") {
  const [rows, targets] = [arrayRows(x, nP), transcodes(spec) ? arrayRows(y, nR) : undefined];
  const source = rowBatches(rows, { batchSize: 64, ...(targets ? { target: targets } : {}) });
  const backend = referenceBackend();
  const { model } = await fit(backend, spec, source, {
    steps: 60,
    init: { decoderBias: "mean" },
    ...normalisation(kind, spec, x, targets ? y : undefined),
  });
  return { model, metrics: await evaluateModel(backend, model, sequentialBatches(rows, size, targets)) };
}

describe("a constant added to the data", () => {
  it.each(Object.entries(specs))("changes nothing for a %s", async (_, spec) => {
    for (const kind of ["meanNorm", "rms"] as const) {
      const plain = await trained(spec, input, target, kind);
      const far = await trained(spec, moved(input, nP, 64), moved(target, nR, -32), kind);
      // Folded weights are float32, and b_dec is 64 times the spread of the data.
      expect(far.metrics.fvu as number).toBeCloseTo(plain.metrics.fvu as number, 3);
      expect(far.metrics.l0).toBeCloseTo(plain.metrics.l0, 1);
      expect(worstError(far.model.weights.decoder, plain.model.weights.decoder)).toBeLessThan(1e-3);
    }
  });

  it("leaves the scale of a model without b_dec to the norms as they are", () => {
    const spec = sae({ nP, nQ: 24, activation: { kind: "relu" } });
    const { scale, mean } = normalisation("rms", spec, moved(input, nP, 64));
    expect(mean).toBeUndefined();
    expect(scale.input).toBeCloseTo(1 / Math.hypot(64, 128, 192, 64, 128, 192), 3);
  });

  it("takes equal samples, which have no spread, by their own norms", () => {
    const spec = sae({ nP: 2, nQ: 4, activation: { kind: "relu" }, biases: true });
    expect(normalisation("rms", spec, Float32Array.of(3, 4, 3, 4)).scale.input).toBeCloseTo(1 / 5, 12);
    expect(() => normalisation("rms", spec, new Float32Array(4))).toThrow("some sample must not be zero");
  });
});

describe("foldShift", () => {
  it.each(Object.entries(activations))("%s: a model of x - m becomes the same model of x", async (_, activation) => {
    const spec = transcoder({ nP, nR, nQ: 10, biases: true, skip: true, activation });
    const backend = referenceBackend();
    const source = toySource({ nP, nR, batchSize: 32 });
    const mean = Float64Array.of(1, -2, 3, -4, 5, -6);
    const centred: Model = (await fit(backend, spec, source, { steps: 20 })).model;
    const folded: Model = { ...centred, weights: foldShift(activation, centred.weights, mean) };
    const x = Float32Array.from((await source.batch(99)).input);
    const on = await openModel(backend, centred).run(x, 32);
    const shifted = await openModel(backend, folded).run(
      x.map((v, i) => v + (mean[i % nP] as number)),
      32,
    );
    expect(shifted.codes.latents).toEqual(on.codes.latents);
    expect(worstError(shifted.reconstruction, on.reconstruction)).toBeLessThan(1e-4);
  });

  it("is refused where nothing can take the mean up", async () => {
    const spec = transcoder({ nP, nR, nQ: 10, activation: { kind: "relu" } });
    const inputMean = new Float64Array(nP);
    await expect(
      fit(referenceBackend(), spec, toySource({ nP, nR, batchSize: 4 }), { steps: 2, inputMean }),
    ).rejects.toThrow("train: inputMean must hold nP = 6 numbers, for a transcoder with b_enc");
  });
});

it("given weights are in original units: with them a run starts from the same dictionary, whatever the scale", async () => {
  for (const spec of Object.values(specs).filter(({ unitNormDecoder }) => !unitNormDecoder)) {
    const other = transcodes(spec);
    const source = toySource({ nP, ...(other ? { nR } : {}), batchSize: 32 });
    const backend = referenceBackend();
    const start = (await fit(backend, spec, source, { steps: 10 })).model;
    const { model } = await fit(backend, spec, source, {
      steps: 1,
      weights: start.weights,
      optimizer: { lr: 1e-30 },
      scale: { input: 3, target: other ? 0.5 : 3 },
      ...(other ? { inputMean: Float64Array.of(1, -2, 3, -4, 5, -6) } : {}),
    });
    for (const [name, values] of Object.entries(start.weights))
      expect(worstError(model.weights[name as "encoder"], values), name).toBeLessThan(1e-5);
  }
});
