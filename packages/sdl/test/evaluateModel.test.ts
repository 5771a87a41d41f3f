import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type Batch, evaluateModel, type Model, sae, transcoder } from "../src/index.js";
import { exampleModel, samples } from "./checkpointExamples.js";

/** Two latents, one per axis; the second one's decoder halves it. */
const axes: Model = {
  spec: sae({ nP: 2, nQ: 3, activation: { kind: "relu" } }),
  weights: { encoder: Float32Array.of(1, 0, 0, 1, -1, -1), decoder: Float32Array.of(1, 0, 0, 0.5, 0, 0) },
  inputScaling: "none",
};

describe("evaluateModel", () => {
  it("gives the metrics of a case done by hand", async () => {
    // x = (2, 0), (0, 2): x_hat = (2, 0), (0, 1). Error 1 of 4 about the mean (1, 1); norms 1 and 1/2; one active latent each;
    // the third latent never fires.
    const input = Float32Array.of(2, 0, 0, 2);
    expect(await evaluateModel(referenceBackend(), axes, [{ size: 2, input }])).toEqual({
      samples: 2,
      mse: 0.25,
      fvu: 0.25,
      explainedVariance: 0.75,
      l0: 1,
      deadFraction: 1 / 3,
      shrinkage: 0.75,
    });
  });

  it("does not depend on the batch size, and frees what it opened", async () => {
    const model = exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "topk", k: 3 }, biases: true }));
    const x = samples(60, 6).map((value, i) => value + (i % 6 === 0 ? 1000 : 0));
    const backend = referenceBackend();
    const whole = await evaluateModel(backend, model, split(x, 6, 60));
    for (const size of [1, 7, 30]) expect(await evaluateModel(backend, model, split(x, 6, size))).toEqual(whole);
    expect(backend.liveTensors()).toBe(0);
  });

  it("takes codes that are known in place of encoding", async () => {
    const input = Float32Array.of(2, 0, 0, 2);
    const codes = { offsets: Int32Array.of(0, 1, 1), latents: Int32Array.of(1), values: Float32Array.of(4) };
    // x_hat = (0, 2), (0, 0) of x = (2, 0), (0, 2): error 4 + 4 + 4 of 4.
    const measured = await evaluateModel(referenceBackend(), axes, [{ size: 2, input, codes }]);
    expect(measured).toMatchObject({ mse: 3, fvu: 3, l0: 0.5, deadFraction: 2 / 3, shrinkage: 0.5 });
    const wrong = { ...codes, latents: Int32Array.of(3) };
    await expect(evaluateModel(referenceBackend(), axes, [{ size: 2, input, codes: wrong }])).rejects.toThrow(
      "codes must be those of 2 rows and 3 latents, got 2 rows with 1 entries and latent 3",
    );
  });

  it("measures FVU about the mean: adding a constant to targets and b_dec changes nothing", async () => {
    const spec = transcoder({ nP: 4, nR: 3, nQ: 8, activation: { kind: "relu" }, biases: true });
    const model = exampleModel(spec);
    const input = samples(50, 4);
    const target = samples(50, 3, 3);
    const { fvu } = await evaluateModel(referenceBackend(), model, [{ size: 50, input, target }]);
    const decoderBias = (model.weights.decoderBias as Float32Array).map((b) => b + 64);
    const shifted = { ...model, weights: { ...model.weights, decoderBias } };
    const far = [{ size: 50, input, target: target.map((t) => t + 64) }];
    expect((await evaluateModel(referenceBackend(), shifted, far)).fvu).toBeCloseTo(fvu as number, 4);
  });

  it("leaves FVU undefined for targets without variance, whatever the last bit of the error", async () => {
    const undefinedFvu = { fvu: null, explainedVariance: null };
    const zeros = { size: 3, input: new Float32Array(6) };
    const constant = { size: 3, input: Float32Array.of(0, 2, 0, 2, 0, 2) };
    const one = { size: 1, input: Float32Array.of(0.1, 0.7) };
    // 0.3 and its neighbour in float32: equal up to rounding.
    const rounded = { size: 2, input: Float32Array.of(0.3, 1, 0.3 + 2 ** -25, 1) };
    expect(rounded.input[0]).not.toBe(rounded.input[2]);
    const backend = referenceBackend();
    expect(await evaluateModel(backend, axes, [zeros])).toMatchObject({ ...undefinedFvu, l0: 0, shrinkage: 1 });
    const still = await evaluateModel(backend, axes, [constant]);
    expect(still).toMatchObject({ ...undefinedFvu, mse: 0.5, shrinkage: 0.5 });
    expect(await evaluateModel(backend, axes, [one])).toMatchObject(undefinedFvu);
    expect(await evaluateModel(backend, axes, [rounded])).toMatchObject(undefinedFvu);
    const spread = { size: 2, input: Float32Array.of(0.3, 1, 0.3 + 2 ** -18, 1) };
    expect((await evaluateModel(backend, axes, [spread])).fvu).toBeGreaterThan(0);
  });

  it("hands each batch with its codes to the callback", async () => {
    const seen: number[] = [];
    const x = samples(5, 2);
    await evaluateModel(referenceBackend(), axes, split(x, 2, 2), {
      onBatch: (batch, { codes }) => {
        seen.push(batch.size);
        expect(codes.offsets.length).toBe(batch.size + 1);
      },
    });
    expect(seen).toEqual([2, 2, 1]);
  });

  it("measures what is given in the place of the encoder's output, and hands it on", async () => {
    // The hand-made case with the second sample reconstructed as it is, by two latents.
    const codes = {
      offsets: Int32Array.of(0, 1, 3),
      latents: Int32Array.of(0, 1, 2),
      values: Float32Array.of(2, 4, 1),
    };
    const input = Float32Array.of(2, 0, 0, 2);
    const outputs: unknown[] = [];
    const metrics = await evaluateModel(referenceBackend(), axes, [{ size: 2, input }], {
      infer: async (batch, encoded) => {
        expect([batch.input, Array.from(encoded.codes.latents)]).toEqual([input, [0, 1]]);
        return { codes, reconstruction: input };
      },
      onBatch: (_, output) => {
        outputs.push(output.codes);
      },
    });
    expect(metrics).toMatchObject({ fvu: 0, l0: 1.5, deadFraction: 0, shrinkage: 1 });
    expect(outputs).toEqual([codes]);
  });

  it("refuses no samples, and a transcoder without targets", async () => {
    await expect(evaluateModel(referenceBackend(), axes, [])).rejects.toThrow("at least one sample, got none");
    const model = exampleModel(transcoder({ nP: 4, nR: 3, nQ: 8, activation: { kind: "relu" } }));
    const backend = referenceBackend();
    await expect(evaluateModel(backend, model, [{ size: 2, input: samples(2, 4) }])).rejects.toThrow(
      "targets must have width 3, the dictionary's output, got 4; pass batch.target",
    );
    expect(backend.liveTensors()).toBe(0);
  });
});

async function* split(x: Float32Array, width: number, size: number): AsyncGenerator<Batch> {
  for (let row = 0; row < x.length / width; row += size) {
    const input = x.subarray(row * width, (row + size) * width);
    yield { size: input.length / width, input };
  }
}
