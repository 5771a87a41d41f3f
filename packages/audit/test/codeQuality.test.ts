import { linearRepresentationBench } from "@monosema/bench";
import { type Batch, evaluateModel, fit, type Model, sae, transcoder } from "@monosema/sdl";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { codeQuality, inferenceMethods, openInference } from "../src/index.js";

const backend = referenceBackend();
const [nP, nQ] = [6, 12];
const data = linearRepresentationBench({
  ...{ n: 8, nP, seed: 3, maxInterference: 0.5 },
  firing: { kind: "constant", rate: 0.15 },
});
const heldOut = [...data.heldOut({ samples: 300, batchSize: 100 })];

const trained = async (): Promise<Model> =>
  (
    await fit(
      backend,
      sae({ nP, nQ, activation: { kind: "topk", k: 2 }, biases: true }),
      data.batchSource({ batchSize: 64 }),
      { steps: 150, optimizer: { lr: 0.01 } },
    )
  ).model;

/** Latents write the three axes, k 1, and read what `reads` says. */
const axes = (reads: readonly (readonly number[])[]): Model => ({
  spec: sae({ nP: 3, nQ: 3, activation: { kind: "topk", k: 1 } }),
  weights: { encoder: Float32Array.from(reads.flat()), decoder: Float32Array.of(2, 0, 0, 0, 1, 0, 0, 0, 1) },
  inputScaling: "none",
});

describe("codeQuality", () => {
  it("gives the numbers of a case done by hand", async () => {
    // x = (2, 0, 0), (0, 2, 0). The first latent fires with 1 for the first sample, right; the third with 2 for the second, wrong: error
    // 0 + 8 of a variance of 4. Without the encoder both are explained.
    const model = axes([
      [0.5, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ]);
    const batch = { size: 2, input: Float32Array.of(2, 0, 0, 0, 2, 0) };
    expect(await codeQuality(backend, model, [batch])).toEqual({
      ...{ rows: 2, of: 2, l0: 1, fvu: 2, fvuInference: { omp: 0, nnls: 0, best: 0 }, encoderShare: 1 },
      ...{ supportJaccard: 0.5, supportJaccardNnls: { encoder: 0.5, omp: 1 }, reconstructionAgreement: -1 },
    });
  });

  it("finds nothing to blame the encoder for where it is exact", async () => {
    const model = axes([
      [0.5, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const batch = { size: 3, input: Float32Array.of(2, 0, 0, 0, 2, 0, 0, 0, 0) };
    const quality = await codeQuality(backend, model, [batch]);
    expect(quality).toMatchObject({ fvu: 0, encoderShare: null, supportJaccard: 1, reconstructionAgreement: 1 });
  });

  it("counts the right latents of wrong size as the encoder's error, whichever latents others choose", async () => {
    const model = axes([
      [0.25, 0, 0],
      [0, 0.5, 0],
      [0, 0, 0.5],
    ]);
    const batch = { size: 2, input: Float32Array.of(2, 0, 0, 0, 2, 0) };
    expect(await codeQuality(backend, model, [batch])).toMatchObject({ fvu: 0.5, encoderShare: 1, supportJaccard: 1 });
  });

  it("is what evaluateModel measures of the encoder and of the other inferences", async () => {
    const model = await trained();
    const quality = await codeQuality(backend, model, heldOut);
    const { fvu, l0 } = await evaluateModel(backend, model, heldOut);
    expect(quality.fvu).toBeCloseTo(fvu as number, 6);
    expect(quality.l0).toBeCloseTo(l0, 12);
    for (const method of inferenceMethods) {
      const { infer, dispose } = openInference(backend, model, method);
      const measured = await evaluateModel(backend, model, heldOut, { infer });
      dispose();
      expect(quality.fvuInference[method]).toBeCloseTo(measured.fvu as number, 6);
      expect(measured.l0).toBeLessThanOrEqual(l0);
    }
    expect(quality.encoderShare).toBeGreaterThan(0);
    expect(quality.fvuInference.best).toBeLessThanOrEqual(
      Math.min(quality.fvu as number, quality.fvuInference.omp as number),
    );
    expect(backend.liveTensors()).toBe(0);
  });

  it("draws samples by the seed, whatever the size of batches", async () => {
    const model = await trained();
    const all = heldOut.flatMap(({ input }) => Array.from(input));
    const split = (size: number): Batch[] =>
      Array.from({ length: 300 / size }, (_, at) => ({
        size,
        input: Float32Array.from(all.slice(at * size * nP, (at + 1) * size * nP)),
      }));
    const drawn = await codeQuality(backend, model, split(100), { rows: 40, seed: 1 });
    expect(drawn).toMatchObject({ rows: 40, of: 300 });
    expect(await codeQuality(backend, model, split(15), { rows: 40, seed: 1 })).toEqual(drawn);
    expect(await codeQuality(backend, model, split(100), { rows: 40, seed: 2 })).not.toEqual(drawn);
  });

  it("refuses no samples, and what is not finite", async () => {
    const model = await trained();
    await expect(codeQuality(backend, model, [])).rejects.toThrow("codeQuality: batches must hold a sample, got none");
    const input = new Float32Array(nP).fill(1);
    const target = Float32Array.from(input, (_, i) => (i === 2 ? Number.NaN : 1));
    await expect(codeQuality(backend, model, [{ size: 1, input, target }])).rejects.toThrow(
      "codeQuality: targets must be finite, got NaN",
    );
    await expect(codeQuality(backend, model, heldOut, { rows: 0 })).rejects.toThrow("rows must be a whole number");
    expect(backend.liveTensors()).toBe(0);
  });
});

describe("openInference", () => {
  const stream = random(4, "weights");
  const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => stream.normal());
  const dense = { encoder: numbers(nQ * nP), decoder: numbers(nQ * nP), decoderBias: numbers(nP) };
  const spec = sae({ nP, nQ, activation: { kind: "topk", k: 2 }, biases: true });
  const batch = { size: 20, input: numbers(20 * nP), target: numbers(20 * nP) };

  it.each<[string, Model]>([
    ["of an SAE", { spec, weights: dense, inputScaling: "none" }],
    ["with samples scaled to a constant norm", { spec, weights: dense, inputScaling: "constantNorm" }],
    ["with samples scaled by a layer norm", { spec, weights: dense, inputScaling: "layerNorm" }],
    [
      "of a transcoder with a skip connection",
      {
        spec: transcoder({ nP, nR: nP, nQ, activation: { kind: "topk", k: 2 }, biases: true, skip: true }),
        weights: { ...dense, skip: numbers(nP * nP) },
        inputScaling: "none",
      },
    ],
  ])("reconstructs in the units of the data %s, better than an encoder that knows nothing", async (_, model) => {
    const given: Batch = model.spec.variant === "transcoder" ? batch : { size: batch.size, input: batch.input };
    const { infer, dispose } = openInference(backend, model, "omp");
    let [encoderError, error] = [0, 0];
    const target = given.target ?? given.input;
    await evaluateModel(backend, model, [given], {
      infer: async (own, encoded) => {
        const output = await infer(own, encoded);
        const expected = decodedByHand(model, own, output.codes);
        output.reconstruction.forEach((value, at) => {
          expect(value).toBeCloseTo(expected[at] as number, 4);
          error += (value - (target[at] as number)) ** 2;
          encoderError += ((encoded.reconstruction[at] as number) - (target[at] as number)) ** 2;
        });
        return output;
      },
    });
    dispose();
    expect(error).toBeLessThan(0.8 * encoderError);
  });
});

/** What a model makes of codes, as the docs of `openModel` say it. */
function decodedByHand(
  { weights, inputScaling }: Model,
  { input, size }: Batch,
  { offsets, latents, values }: { offsets: Int32Array; latents: Int32Array; values: ArrayLike<number> },
): number[] {
  return Array.from({ length: size }, (_, b) => {
    const x = Array.from(input.subarray(b * nP, (b + 1) * nP));
    const y = Array.from(weights.decoderBias as Float32Array);
    for (let at = offsets[b] as number; at < (offsets[b + 1] as number); at++) {
      y.forEach((value, r) => {
        y[r] = value + (values[at] as number) * (weights.decoder[(latents[at] as number) * nP + r] as number);
      });
    }
    const mean = x.reduce((sum, value) => sum + value, 0) / nP;
    const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (nP - 1));
    if (inputScaling === "constantNorm") return y.map((value) => (value * Math.hypot(...x)) / Math.sqrt(nP));
    if (inputScaling === "layerNorm") return y.map((value) => value * deviation + mean);
    const { skip } = weights;
    return y.map(
      (value, r) => value + (skip ? x.reduce((sum, own, p) => sum + own * (skip[r * nP + p] as number), 0) : 0),
    );
  }).flat();
}
