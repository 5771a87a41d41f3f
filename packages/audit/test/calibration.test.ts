import { readFileSync } from "node:fs";
import { bestMatches, linearRepresentationBench, similarity } from "@monosema/bench";
import { fit, type Model, sae } from "@monosema/sdl";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  auditModel,
  calibration,
  compareDictionaries,
  replicationOf,
  scoreLatents,
  surrogateTwin,
} from "../src/index.js";

const backend = referenceBackend();
const [nP, nQ] = [48, 96];
const data = linearRepresentationBench({
  ...{ n: 96, nP, seed: 7, maxInterference: 0.5, samples: 4000 },
  firing: { kind: "constant", rate: 0.02 },
});
const spec = sae({ nP, nQ, activation: { kind: "topk", k: 2 }, biases: true });
const heldOut = [...data.heldOut({ samples: 3000 })];
const trained = async (steps: number, seed: number): Promise<Model> =>
  (await fit(backend, spec, data.batchSource({ batchSize: 64, seed }), { steps, seed, optimizer: { lr: 0.01 } })).model;

/** Share of the scored latents with a score above one half. */
const above = (scores: Float64Array): number => {
  const scored = scores.filter((score) => !Number.isNaN(score));
  return scored.filter((score) => score > 0.5).length / scored.length;
};

describe("the calibration that is shipped", { timeout: 120_000 }, () => {
  it("is the one that can be read as JSON, made of many settings", () => {
    const json = JSON.parse(readFileSync(new URL("../calibration.json", import.meta.url), "utf8"));
    expect(calibration).toEqual(json);
    expect(calibration.made.settings).toBeGreaterThan(100);
    for (const kind of [calibration.real, calibration.atomic]) {
      expect(kind.alone.error).toBeLessThan(0.08);
      expect(kind.replicated.error).toBeLessThan(0.08);
      expect(kind.alone.reliability.length).toBe(10);
      expect(Object.keys(kind.acrossSpaces.alone.model.statistics)).not.toContain("gain");
    }
  });

  it("scores a dictionary that found its features high, the same hardly trained low", async () => {
    const model = await trained(1500, 1);
    const [good, poor] = [
      await scoreLatents(backend, model, heldOut),
      await scoreLatents(backend, await trained(15, 1), heldOut),
    ];
    // As many as there are: decoder rows with a cosine above .9 to a feature, of the latents that are scored.
    const found = await similarity(
      backend,
      { values: model.weights.decoder, count: nQ },
      { values: data.targetFeatures, count: 96 },
      nP,
    );
    const { featureOf } = bestMatches({ values: found.cosine, rows: nQ, columns: 96 });
    const isReal = Array.from(featureOf, (feature, latent) => (found.cosine[latent * 96 + feature] as number) > 0.9);
    const scored = Array.from(good.unscored.keys()).filter((latent) => good.unscored[latent] === 0);
    const share = scored.filter((latent) => isReal[latent]).length / scored.length;
    expect(share).toBeGreaterThan(0.6);
    expect(Math.abs(above(good.real) - share)).toBeLessThan(0.2);
    const right = scored.filter((latent) => (good.real[latent] as number) > 0.5 === isReal[latent]);
    expect(right.length / scored.length).toBeGreaterThan(0.8);
    expect(above(poor.real)).toBeLessThan(0.2);
    good.real.forEach((score, latent) => {
      if (good.unscored[latent] === 0) expect(good.atomic[latent]).toBeLessThanOrEqual(score);
    });
    const compared = await compareDictionaries(backend, [model, await trained(1500, 2)], { data: heldOut });
    const surer = await scoreLatents(backend, model, heldOut, { replication: replicationOf(compared) });
    expect(surer.replicas).toBe(1);
    expect(surer.real).not.toEqual(good.real);
    const audit = await auditModel(backend, model, { data: heldOut, limits: { samples: 10, scored: 1e9 } });
    expect(audit.trust?.real).toEqual(good.real);
  });

  it("scores what has found nothing low: random rows, and a twin trained on surrogate samples", async () => {
    const model = await trained(1500, 1);
    const stream = random(3, "control");
    const decoder = Float32Array.from(model.weights.decoder, stream.normal);
    const untrained = { ...model, weights: { ...model.weights, decoder, encoder: decoder } };
    expect(above((await scoreLatents(backend, untrained, heldOut)).real)).toBeLessThanOrEqual(0.05);
    const inputs = data.batchOf(Array.from({ length: 3000 }, (_, i) => i)).input;
    const steps: number[] = [];
    const options = { steps: 600, batchSize: 64, lr: 3e-3, onStep: (step: number) => steps.push(step) };
    const twin = await surrogateTwin(backend, model, { inputs }, options);
    expect(above(twin.trust.real)).toBeLessThanOrEqual(0.05);
    expect(twin.l0).toBeGreaterThan(1);
    expect(steps.at(-1)).toBe(600);
  });
});
