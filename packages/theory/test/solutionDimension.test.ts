import { type Mat, matFrom, multiply, rankOf, singularValues } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { isolatedCodes } from "../src/codes/isolatedCodes.js";
import { activationPattern } from "../src/patterns/activationPattern.js";
import { recheck } from "../src/recheck/recheck.js";
import type { Sigma } from "../src/sigma.js";
import { anchoredCodeDim } from "../src/solutions/anchoredCodeDim.js";
import { decoderSolutionSet } from "../src/solutions/decoderSolutionSet.js";
import { solutionDimension } from "../src/solutions/solutionDimension.js";
import { drawer } from "./support/randomModels.js";

interface Model {
  encoder: Mat;
  decoder: Mat;
  featuresP: Mat;
  featuresR: Mat;
  sigma: Sigma;
}

const predictions = ({ encoder, decoder, featuresP, sigma }: Omit<Model, "featuresR">) =>
  multiply(isolatedCodes({ encoder, featuresP, sigma }).codes, decoder);

/** Rank of the Jacobian of all predictions in the free rows, by central differences. */
const numericRank = (model: Model, free: readonly number[]): number => {
  const step = 1e-5;
  const columns: Float64Array[] = [];
  for (const block of ["encoder", "decoder"] as const) {
    const { cols, data } = model[block];
    for (const i of free) {
      for (let at = i * cols; at < (i + 1) * cols; at++) {
        const moved = (by: number) => {
          const copy = Float64Array.from(data);
          copy[at] = (copy[at] as number) + by;
          return predictions({ ...model, [block]: { ...model[block], data: copy } }).data;
        };
        const [above, below] = [moved(step), moved(-step)];
        columns.push(above.map((value, k) => (value - (below[k] as number)) / (2 * step)));
      }
    }
  }
  return rankOf(singularValues(matFrom(columns, model.featuresR.data.length)), 1e-7).rank;
};

describe("solutionDimension", () => {
  it("has the kernel of the numeric Jacobian in 200 configurations, frozen latents and rank-deficient codes included", () => {
    let deficient = 0;
    let tested = 0;
    for (let seed = 1; tested < 200; seed++) {
      const { whole, gaussian, integers, sigma: anySigma, choice, uniform } = drawer(seed);
      const [n, nP, nR, nQ] = [whole(1, 5), whole(1, 4), whole(1, 3), whole(1, 6)];
      const sigma = anySigma(nQ);
      const featuresP = choice([gaussian, gaussian, integers])(n, nP);
      const encoder = gaussian(nQ, nP);
      const decoder = choice([gaussian, gaussian, integers])(nQ, nR);
      const { minMargin } = activationPattern({ encoder, featuresP, sigma });
      if (minMargin !== null && minMargin < 1e-3) continue; // finite differences must not cross a kink
      const model: Model = { encoder, decoder, featuresP, featuresR: featuresP, sigma };
      model.featuresR = predictions(model);
      const frozen = Array.from({ length: nQ }, (_, i) => i).filter(() => uniform() < 0.2);
      const free = Array.from({ length: nQ }, (_, i) => i).filter((i) => !frozen.includes(i));
      const found = solutionDimension({ ...model, frozen });
      tested++;
      expect(found.rankJ, `seed ${seed}`).toBe(numericRank(model, free));
      expect(found.kernel).toBe(free.length * (nP + nR) - found.rankJ);
      expect(found.codeDim).toBeGreaterThanOrEqual(0);
      if (found.rankZ < n) deficient++;
      if (found.certificate !== null) expect(recheck(found.certificate).holds).toBe(true);
      const clear = found.ranks.low === found.ranks.high && !found.warnings.join().includes("switching");
      if (clear) expect(found.certificate, `seed ${seed}`).not.toBeNull();
    }
    expect(deficient).toBeGreaterThan(30);
  });

  it("drops by nP + nR per frozen latent while the free codes keep rank n", () => {
    // Latents 0, 1 are the features and 2, 3 their copies: any two free ones have rank 2.
    const featuresP = matFrom([
      [1, 0],
      [0, 1],
    ]);
    const encoder = matFrom([
      [1, -0.2],
      [-0.2, 1],
      [2, -0.3],
      [-0.3, 2],
    ]);
    const model: Model = {
      encoder,
      decoder: matFrom([
        [0.5, 0],
        [0, 0.5],
        [0.25, 0],
        [0, 0.25],
      ]),
      featuresP,
      featuresR: featuresP,
      sigma: { kind: "relu" },
    };
    const all = solutionDimension(model);
    const anchored = solutionDimension({ ...model, frozen: [0, 1] });
    expect(all.kernel - anchored.kernel).toBe(2 * (2 + 2));
    expect(anchored.codeDim).toBe(0);
    expect(all.codeDim).toBe(2 * (4 - 2)); // nR (n_alive - n)
  });

  it("refuses a loss above zero unless it is forced to go on", () => {
    const { gaussian } = drawer(1);
    const model = {
      encoder: gaussian(2, 2),
      decoder: gaussian(2, 2),
      featuresP: gaussian(2, 2),
      featuresR: gaussian(2, 2),
      sigma: { kind: "relu" } as const,
    };
    expect(() => solutionDimension(model)).toThrow(/loss must be zero, got a residual of .* at feature/);
    expect(solutionDimension({ ...model, force: true }).kernel).toBeGreaterThan(0);
  });

  it("gives only an upper bound where a feature is at the threshold of a latent", () => {
    const featuresP = matFrom([
      [1, 0],
      [0, 1],
    ]);
    const found = solutionDimension({
      encoder: featuresP,
      decoder: featuresP,
      featuresP,
      featuresR: featuresP,
      sigma: { kind: "relu" },
    });
    expect(found.upperBoundOnly).toBe(true);
    expect(found.warnings.join()).toMatch(/switching point/);
  });
});

describe("anchoredCodeDim", () => {
  it.each([
    [5, 0, 20],
    [5, 3, 2],
    [5, 4, 0],
    [5, 5, 0],
    [1, 0, 0],
  ])("n = %i, k = %i leaves %i", (n, k, dim) => {
    expect(anchoredCodeDim(n, k)).toBe(dim);
  });

  it("counts the non-negative mixings that keep the anchored codes", () => {
    // V = I + E with E >= 0 off the diagonal, on the n - k free latents: (n - k)^2 entries minus their n - k scales.
    for (const [n, k] of [
      [4, 1],
      [6, 3],
    ] as const)
      expect(anchoredCodeDim(n, k)).toBe((n - k) ** 2 - (n - k));
    expect(() => anchoredCodeDim(3, 4)).toThrow(/k must be a whole number from 0 to 3, got 4/);
  });
});

describe("decoderSolutionSet", () => {
  it("spans all exact decoders and has the least norm among them", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { whole, gaussian, integers, choice } = drawer(seed);
      const [n, nQ, nR] = [whole(1, 5), whole(1, 6), whole(1, 3)];
      const codes = choice([gaussian, integers])(n, nQ);
      const featuresR = multiply(codes, gaussian(nQ, nR));
      const { consistent, dim, particular, nullBasis, residual } = decoderSolutionSet({ codes, featuresR });
      expect(consistent, `seed ${seed}: ${residual}`).toBe(true);
      const basis = nullBasis as Mat;
      expect(dim).toBe(nR * basis.rows);
      const zero = multiply(codes, basis, { transposeB: true });
      expect(Math.max(0, ...zero.data.map(Math.abs))).toBeLessThan(1e-12 * (1 + nQ));
      // Minimum norm: orthogonal to the null space.
      const overlap = multiply(basis, particular);
      expect(Math.max(0, ...overlap.data.map(Math.abs))).toBeLessThan(1e-9);
    }
  });

  it("reports an inconsistent system with its least-squares residual", () => {
    const { consistent, residual, dim } = decoderSolutionSet({
      codes: matFrom([[1], [1]]),
      featuresR: matFrom([[1], [0]]),
    });
    expect(consistent).toBe(false);
    expect(residual).toBeCloseTo(Math.SQRT1_2, 12);
    expect(dim).toBe(0);
  });
});
