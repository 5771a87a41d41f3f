import { type Mat, matFrom, row, zeros } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { constructPartialMinimum } from "../src/minima/constructPartialMinimum.js";
import { escapeDirection } from "../src/minima/escapeDirection.js";
import { gainOf, refined } from "../src/minima/escapeGain.js";
import { hasNoEscape } from "../src/minima/hasNoEscape.js";
import { recheck } from "../src/recheck/recheck.js";
import type { Sigma } from "../src/sigma.js";
import { drawer } from "./support/randomModels.js";

const relu: Sigma = { kind: "relu" };

const withRow = (mat: Mat, i: number, values: Float64Array): Mat => {
  const changed = zeros(Math.max(mat.rows, i + 1), mat.cols);
  changed.data.set(mat.data);
  row(changed, i).set(values);
  return changed;
};

/** A random model whose last latent is dead. */
const stuck = (seed: number, sigma: Sigma) => {
  const { whole, gaussian, positive } = drawer(seed);
  const [n, nP, nR, nQ] = [whole(2, 6), whole(2, 5), whole(1, 4), whole(1, 4)];
  const encoder = gaussian(nQ, nP);
  row(encoder, nQ - 1).fill(0);
  return {
    encoder,
    decoder: gaussian(nQ, nR),
    featuresP: gaussian(n, nP),
    featuresR: gaussian(n, nR),
    weights: positive(n),
    sigma,
  };
};

describe("escapeDirection", () => {
  it.each<[Sigma]>([
    [relu],
    [{ kind: "jumprelu", theta: 0.4 }],
    [{ kind: "topk-relu", k: 1 }],
    [{ kind: "topk-relu", k: 2 }],
  ])("states the fall of the loss exactly, with %j", (sigma) => {
    let found = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const model = stuck(seed, sigma);
      const way = escapeDirection(model);
      if (!way.found) continue;
      found++;
      const { total, e0 } = approximateLoss(model);
      const encoder = withRow(model.encoder, way.neuron, way.w);
      const decoder = withRow(model.decoder, way.neuron, way.u);
      const after = approximateLoss({ ...model, encoder, decoder }).total;
      expect(Math.abs(total - after - way.gain)).toBeLessThanOrEqual(1e-10 * Math.max(e0, total));
      expect(way.newLoss).toBeCloseTo(after, 9);
      expect(recheck(way.certificate).holds).toBe(true);
    }
    expect(found).toBeGreaterThan(sigma.kind === "topk-relu" ? 30 : 59);
  });

  it("adds a latent where none is dead and it is asked to", () => {
    const model = drawer(1).model({ n: 4, nP: 3, nR: 3, nQ: 3 }, relu);
    expect(() => escapeDirection(model)).toThrow(/must have a dead latent, got none/);
    expect(() => escapeDirection({ ...model, neuron: 0 })).toThrow(/neuron must be dead, got 0/);
    const way = escapeDirection({ ...model, neuron: 3 });
    expect(way.found && way.neuron).toBe(3);
  });

  it("finds the escape that rows of features and singular directions miss", () => {
    // Unit w_p at -13, 17 and 47 degrees: features and singular directions have gain 0, a row at 124 degrees gains 1 of the loss 5.
    const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const featuresP = matFrom([at(-13), at(17), at(47)]);
    const featuresR = matFrom([[1], [-Math.sqrt(3)], [1]]);
    const encoder = matFrom([at(17), at(20), at(180 + 17)]);
    const model = { encoder, decoder: zeros(3, 1), featuresP, featuresR, weights: [1, 1, 1], sigma: relu };
    const problem = { featuresP, residuals: featuresR, weights: [1, 1, 1] };
    expect(Math.max(...gainOf(problem, featuresP))).toBeLessThan(1e-20);
    expect(gainOf(problem, matFrom([at(124)]))[0]).toBeCloseTo(1, 12);
    const way = escapeDirection(model);
    expect(way.found && way.gain).toBeGreaterThan(1 - 1e-9);
  });

  it("reaches most of the best of 2000 random rows", () => {
    let short = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { normal } = drawer(seed);
      const model = stuck(seed, relu);
      const way = escapeDirection(model);
      const { residuals } = approximateLoss(model);
      const nP = model.featuresP.cols;
      const random = { rows: 2000, cols: nP, data: Float64Array.from({ length: 2000 * nP }, normal) };
      const best = Math.max(...gainOf({ ...model, residuals }, random));
      if (!way.found || way.gain < 0.9 * best) short++;
    }
    expect(short).toBeLessThanOrEqual(2);
  });

  it("proves that a zero-loss model has none", () => {
    const featuresP = matFrom([
      [1, 0],
      [0, 1],
    ]);
    const encoder = matFrom([
      [1, -1],
      [-1, 1],
      [-1, -1],
    ]);
    const decoder = matFrom([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    const model = { encoder, decoder, featuresP, featuresR: featuresP, weights: [1, 1], sigma: relu };
    expect(escapeDirection(model)).toMatchObject({ found: false, globallyOptimalCandidate: true });
    const topK = escapeDirection({ ...model, sigma: { kind: "topk-relu", k: 2 } });
    expect(topK).toMatchObject({ found: false, globallyOptimalCandidate: false });
  });

  it("proves it also where the loss is positive: antipodal features with opposite needs", () => {
    // z(w) is the same linear function for both on a line: residuals r and r cannot be told from their sum, here 0.
    const featuresP = matFrom([
      [1, 0],
      [1, 0],
    ]);
    const featuresR = matFrom([[1], [-1]]);
    const model = {
      encoder: matFrom([[-1, 0]]),
      decoder: matFrom([[0]]),
      featuresP,
      featuresR,
      weights: [1, 1],
      sigma: relu,
    };
    expect(escapeDirection(model)).toMatchObject({ found: false, globallyOptimalCandidate: true });
  });

  it("leads out of every partial minimum with a dead latent and a positive loss", () => {
    let tried = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { units, positive } = drawer(seed);
      const model = { featuresP: units(3, 3), featuresR: units(3, 3), weights: positive(3), sigma: relu };
      const built = constructPartialMinimum({ ...model, pattern: [[0, 1, 2], []] });
      if (built.encoder === null || built.decoder === null) continue;
      tried++;
      const way = escapeDirection({ ...model, encoder: built.encoder, decoder: built.decoder });
      expect(way.found && way.gain > 1e-6).toBe(true);
    }
    expect(tried).toBeGreaterThan(5);
  });

  it("refuses a bias and BatchTopK", () => {
    const model = stuck(1, relu);
    const bias = new Float64Array(model.encoder.rows).fill(0.1);
    expect(() => escapeDirection({ ...model, sigma: { kind: "relu", bias } })).toThrow(/without bias, got a bias/);
    expect(() => escapeDirection({ ...model, sigma: { kind: "batchtopk-relu", k: 1 } })).toThrow(/got batchtopk-relu/);
  });
});

describe("refined", () => {
  it("never lowers the gain", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { gaussian, positive } = drawer(seed);
      const problem = { featuresP: gaussian(6, 4), residuals: gaussian(6, 3), weights: positive(6) };
      const start = gaussian(1, 4);
      const end = refined(problem, start.data);
      expect(gainOf(problem, matFrom([end]))[0]).toBeGreaterThanOrEqual(
        (gainOf(problem, start)[0] as number) * (1 - 1e-12),
      );
    }
  });
});

describe("hasNoEscape", () => {
  it("agrees with 300 random rows", () => {
    let none = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const { integers, gaussian, whole, positive } = drawer(seed);
      const n = whole(1, 3);
      const problem = {
        featuresP: integers(n, 2),
        residuals: integers(n, 1),
        weights: whole(0, 1) === 0 ? positive(n) : new Array(n).fill(1),
      };
      const best = Math.max(...gainOf(problem, gaussian(300, 2)));
      const proved = hasNoEscape(problem, 1);
      if (proved) none++;
      expect(proved, `seed ${seed}: ${best}`).toBe(best < 1e-16);
    }
    expect(none).toBeGreaterThan(20);
  });
});
