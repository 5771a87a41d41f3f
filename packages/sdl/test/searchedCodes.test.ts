import { referenceBackend, type SparseRows } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  type Activation,
  activationNames,
  arrayRows,
  fromSaelens,
  type Model,
  openModel,
  rowBatches,
  sae,
  toSaelens,
  train,
} from "../src/index.js";
import { exampleModel, samples } from "./checkpointExamples.js";

const nP = 6;
const nQ = 13;
const batch = 7;
const biases = { encoder: true, decoder: true, subtractDecoderBias: true };

function modelOf(activation: Activation): Model {
  const model = exampleModel(sae({ nP, nQ, activation, biases }));
  return activation.kind === "matchingpursuit"
    ? { ...model, weights: { ...model.weights, encoder: model.weights.decoder } }
    : model;
}

const pursuit = {
  kind: "matchingpursuit",
  maxIterations: 5,
  residualThreshold: 0.4,
  stopOnDuplicateSupport: true,
} as const;

describe("codes that are searched for", () => {
  it("abstopk keeps the k largest magnitudes with their signs", async () => {
    const model = modelOf({ kind: "abstopk", k: 4 });
    const { weights } = model;
    const x = samples(batch, nP);
    const codes = await coded(model, x);
    for (let b = 0; b < batch; b++) {
      const z = Array.from({ length: nQ }, (_, i) => {
        let sum = weights.encoderBias?.[i] as number;
        for (let d = 0; d < nP; d++) {
          sum +=
            (weights.encoder[i * nP + d] as number) *
            ((x[b * nP + d] as number) - (weights.decoderBias?.[d] as number));
        }
        return sum;
      });
      const kept = z.map((_, i) => i).sort((i, j) => Math.abs(z[j] as number) - Math.abs(z[i] as number));
      kept.slice(4).forEach((i) => {
        z[i] = 0;
      });
      expectClose(codes.slice(b * nQ, (b + 1) * nQ), z);
    }
    expect(codes.some((value) => value < 0)).toBe(true);
  });

  it.each([
    ["until the support stays the same", pursuit],
    ["a fixed number of steps", { ...pursuit, residualThreshold: 0, stopOnDuplicateSupport: false, maxIterations: 9 }],
    ["until the rest is short", { ...pursuit, stopOnDuplicateSupport: false, maxIterations: 50 }],
  ])("matching pursuit goes %s, as one sample alone does", async (_, activation) => {
    const model = modelOf(activation);
    const x = samples(batch, nP);
    const codes = await coded(model, x);
    for (let b = 0; b < batch; b++) {
      expectClose(codes.slice(b * nQ, (b + 1) * nQ), pursuedOf(model, x.subarray(b * nP, (b + 1) * nP), activation));
    }
  });

  it("leave nothing on the backend, and encode as run does", async () => {
    for (const model of [modelOf({ kind: "abstopk", k: 4 }), modelOf(pursuit)]) {
      const backend = referenceBackend();
      const loaded = openModel(backend, model);
      const x = samples(batch, nP);
      expect((await loaded.run(x, batch)).codes).toEqual(await loaded.encode(x, batch));
      loaded.dispose();
      expect(backend.liveTensors()).toBe(0);
    }
  });

  it("come back from a checkpoint", () => {
    for (const model of [modelOf({ kind: "abstopk", k: 4 }), modelOf({ ...pursuit })]) {
      const { weights, config } = toSaelens(model);
      const { encoderBias: _, ...others } = model.weights;
      const expected = model.spec.activation.kind === "abstopk" ? model.weights : others;
      expect(fromSaelens({ weights, config }).model).toMatchObject({ spec: model.spec, weights: expected });
    }
  });

  it("cannot be trained, which is said, and are not among the names of what can", async () => {
    expect(activationNames).not.toContain("abstopk");
    const spec = sae({ nP, nQ, activation: pursuit });
    const data = rowBatches(arrayRows(samples(batch, nP), nP), { batchSize: batch });
    await expect(train(referenceBackend(), spec, data, { steps: 1 }).next()).rejects.toThrow(
      /must be topk, batchtopk, .* or gated, got matchingpursuit/,
    );
  });
});

async function coded(model: Model, x: Float32Array): Promise<number[]> {
  return dense(await openModel(referenceBackend(), model).encode(x, batch));
}

function dense({ offsets, latents, values }: SparseRows): number[] {
  const result = new Array<number>((offsets.length - 1) * nQ).fill(0);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let e = offsets[b] as number; e < (offsets[b + 1] as number); e++)
      result[b * nQ + (latents[e] as number)] = values[e] as number;
  }
  return result;
}

function pursuedOf({ weights }: Model, x: Float32Array, options: typeof pursuit | object): number[] {
  const { maxIterations, residualThreshold, stopOnDuplicateSupport } = { ...pursuit, ...options };
  const rest = Array.from(x, (value, d) => value - (weights.decoderBias?.[d] as number));
  const codes = new Array<number>(nQ).fill(0);
  for (let step = 0; step < maxIterations; step++) {
    const u = codes.map((_, i) => rest.reduce((sum, r, d) => sum + r * (weights.decoder[i * nP + d] as number), 0));
    const best = u.indexOf(Math.max(...u));
    const value = Math.max(u[best] as number, 0);
    const before = codes.map((code) => code !== 0).join();
    codes[best] = (codes[best] as number) + value;
    rest.forEach((r, d) => {
      rest[d] = r - value * (weights.decoder[best * nP + d] as number);
    });
    if (stopOnDuplicateSupport && codes.map((code) => code !== 0).join() === before) break;
    if (residualThreshold > 0 && Math.hypot(...rest) < residualThreshold) break;
  }
  return codes;
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 9);
  });
}
