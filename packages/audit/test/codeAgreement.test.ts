import { linearRepresentationBench } from "@monosema/bench";
import { fit, type Model, sae } from "@monosema/sdl";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { codeAgreement } from "../src/index.js";

const backend = referenceBackend();
const [nP, nQ] = [6, 12];
const data = linearRepresentationBench({
  ...{ n: 8, nP, seed: 3, maxInterference: 0.5 },
  firing: { kind: "constant", rate: 0.15 },
});
const heldOut = [...data.heldOut({ samples: 400, batchSize: 200 })];

async function trained(steps: number, seed: number): Promise<Model> {
  const spec = sae({ nP, nQ, activation: { kind: "topk", k: 2 } });
  const source = data.batchSource({ batchSize: 64 });
  return (await fit(backend, spec, source, { steps, seed, optimizer: { lr: 0.01 } })).model;
}

/** The same dictionary with its latents in another order. */
function permuted(model: Model): Model {
  const order = random(1, "order").permutation(nQ);
  const moved = (rows: Float32Array): Float32Array =>
    Float32Array.from(rows, (_, i) => rows[(order[Math.floor(i / nP)] as number) * nP + (i % nP)] as number);
  const { encoder, decoder } = model.weights;
  return { ...model, weights: { ...model.weights, encoder: moved(encoder), decoder: moved(decoder) } };
}

describe("codeAgreement", () => {
  it("of a dictionary with itself in another order is 1 for every latent that fires, but not always", async () => {
    const model = await trained(150, 1);
    const order = random(1, "order").permutation(nQ);
    const { kappa, kappas, matches, samples } = await codeAgreement(backend, model, permuted(model), heldOut);
    expect(samples).toBe(400);
    const firing = kappas.filter((value) => value !== 0);
    expect(firing.length).toBeGreaterThan(nQ / 2);
    for (const value of firing) expect(value).toBeCloseTo(1, 12);
    kappas.forEach((value, latent) => {
      if (value !== 0) expect(order[matches[latent] as number]).toBe(latent);
    });
    expect(kappa).toBeCloseTo(firing.length / nQ, 12);
  });

  it("does not depend on which comes first, and is higher for trained dictionaries than for untrained ones", async () => {
    const [a, b] = [await trained(400, 1), await trained(400, 2)];
    const { kappa } = await codeAgreement(backend, a, b, heldOut);
    expect((await codeAgreement(backend, b, a, heldOut)).kappa).toBeCloseTo(kappa, 12);
    const untrained = await codeAgreement(backend, await trained(1, 1), await trained(1, 2), heldOut);
    expect(kappa).toBeGreaterThan(untrained.kappa + 0.1);
  });

  it("is about 0 for latents that fire together by chance alone, however often they fire", async () => {
    const model = await trained(1, 1);
    const stream = random(2, "independent");
    /** Every latent reads the first half of the input, or the second, and fires for half of the samples. */
    const reading = (half: 0 | 1): Model => ({
      ...model,
      spec: { ...model.spec, activation: { kind: "relu" } },
      weights: {
        ...model.weights,
        encoder: Float32Array.from({ length: nQ * nP }, (_, i) =>
          Math.floor((i % nP) / (nP / 2)) === half ? stream.normal() : 0,
        ),
      },
    });
    const size = 4000;
    const noise = [{ size, input: Float32Array.from({ length: size * nP }, stream.normal) }];
    const { kappas } = await codeAgreement(backend, reading(0), reading(1), noise);
    for (const kappa of kappas) expect(Math.abs(kappa)).toBeLessThan(0.07); // 4.4 standard errors of 1 / sqrt(4000)
  });

  it("refuses dictionaries of different widths, and no samples", async () => {
    const model = await trained(1, 1);
    const other: Model = { ...model, spec: { ...model.spec, nR: 5 } };
    await expect(codeAgreement(backend, model, other, heldOut)).rejects.toThrow(/same output width, got 6 and 5/);
    await expect(codeAgreement(backend, model, model, [])).rejects.toThrow(/at least one sample, got none/);
  });
});
