import { type Mat, matFrom, row } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { alternatingConvexSearch } from "../src/minima/alternatingConvexSearch.js";
import { constructPartialMinimum } from "../src/minima/constructPartialMinimum.js";
import { escapeMinimum } from "../src/minima/escapeMinimum.js";
import { partialMinimumCheck } from "../src/minima/partialMinimumCheck.js";
import { activationPattern } from "../src/patterns/activationPattern.js";
import { recheck } from "../src/recheck/recheck.js";
import type { Sigma } from "../src/sigma.js";
import { drawer } from "./support/randomModels.js";

const relu: Sigma = { kind: "relu" };

/** A random model of which only the first latents fire. */
const halfDead = (seed: number, sigma: Sigma, [n, nQ, alive]: readonly [n: number, nQ: number, alive: number]) => {
  const { gaussian, positive } = drawer(seed);
  const encoder = gaussian(nQ, 4);
  for (let i = alive; i < nQ; i++) row(encoder, i).fill(0);
  const [decoder, featuresP, featuresR] = [gaussian(nQ, 3), gaussian(n, 4), gaussian(n, 3)];
  return { encoder, decoder, featuresP, featuresR, weights: positive(n), sigma };
};

describe("escapeMinimum", () => {
  it.each<[Sigma]>([[relu], [{ kind: "jumprelu", theta: 0.3 }], [{ kind: "topk-relu", k: 2 }]])(
    "sets dead latents one by one and lowers the loss by the sum of their gains, with %j",
    (sigma) => {
      for (let seed = 1; seed <= 20; seed++) {
        const model = halfDead(seed, sigma, [9, 5, 2]);
        const before = { encoder: model.encoder.data.slice(), decoder: model.decoder.data.slice() };
        const { encoder, decoder, escapes, lossBefore, lossAfter } = escapeMinimum({ ...model, latents: 3, seed });
        const { total, e0 } = approximateLoss({ ...model, encoder, decoder });
        const gains = escapes.reduce((sum, { gain }) => sum + gain, 0);
        const scale = Math.max(e0, lossBefore);
        expect(Math.abs(lossAfter - total)).toBeLessThanOrEqual(1e-10 * scale);
        expect(Math.abs(lossBefore - gains - total)).toBeLessThanOrEqual(1e-10 * scale);
        expect(escapes.every(({ certificate }) => recheck(certificate).holds)).toBe(true);
        expect(new Set(escapes.map(({ neuron }) => neuron)).size).toBe(escapes.length);
        expect({ encoder: model.encoder.data, decoder: model.decoder.data }).toEqual(before);
      }
    },
  );

  it("says why it stopped", () => {
    const model = halfDead(1, relu, [9, 5, 2]);
    expect(escapeMinimum(model)).toMatchObject({ stopped: "limit", escapes: { length: 1 } });
    expect(escapeMinimum({ ...model, latents: 9 })).toMatchObject({
      stopped: "no-dead-latent",
      escapes: { length: 3 },
    });
    // Independent features and zero decoders: latents for all features reach zero, where no model of any size is better.
    const many = halfDead(2, relu, [3, 40, 0]);
    const { stopped, lossAfter, lossBefore } = escapeMinimum({ ...many, latents: 40 });
    expect(stopped).toBe("optimal");
    expect(lossAfter).toBeLessThan(1e-12 * lossBefore);
    expect(escapeMinimum({ ...model, latents: 0 })).toMatchObject({
      escapes: [],
      stopped: "limit",
      encoder: model.encoder,
    });
    expect(() => escapeMinimum({ ...model, latents: -1 })).toThrow(/escapeMinimum: latents must be .* got -1/);
  });

  it("leaves the spurious minimum of a pair, after which polishing reaches zero", () => {
    const featuresP = matFrom([
      [1, 0],
      [0.5, Math.sqrt(0.75)],
    ]);
    const pair = { featuresP, featuresR: featuresP, weights: [1, 1], sigma: relu };
    const built = constructPartialMinimum({ ...pair, pattern: [[0, 1], []] });
    expect(built.status).toBe("local-min");
    const stuck = { ...pair, encoder: built.encoder as Mat, decoder: built.decoder as Mat };
    expect(partialMinimumCheck(stuck)).toMatchObject({ isPartial: true, spurious: true });
    expect(alternatingConvexSearch(stuck).history.at(-1)).toBeCloseTo(built.loss as number, 12);

    const free = escapeMinimum(stuck);
    expect(free.lossBefore).toBeCloseTo(0.5, 12);
    expect(free.escapes[0]?.gain).toBeGreaterThan(0.2);
    const polished = alternatingConvexSearch({ ...stuck, ...free });
    expect(polished.history.at(-1)).toBeLessThan(1e-12);
    expect(activationPattern({ ...stuck, encoder: polished.encoder }).dead).toEqual([]);
  });
});
