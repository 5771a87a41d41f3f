import {
  addScaled,
  gram,
  type Mat,
  matFrom,
  nonNegativeLeastSquares,
  row,
  takeRows,
  transpose,
  unitRows,
} from "@monosema/numerics";
import { random, referenceBackend, type SparseRows } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { nonNegativeCodes, orthogonalMatchingPursuit } from "../src/index.js";

const backend = referenceBackend();

/** Rows with a common part, so that cosines are large and non-negative fits drop latents; of norms from .5 to 2. */
function coherentRows(count: number, width: number, seed: number, common: number = 1): Mat {
  const stream = random(seed, "rows");
  const shared = Array.from({ length: width }, () => common * stream.normal());
  return matFrom(
    Array.from({ length: count }, () => {
      const values = shared.map((value) => value + stream.normal());
      const factor = (0.5 + 1.5 * stream.uniform()) / Math.hypot(...values);
      return values.map((value) => factor * value);
    }),
  );
}

/** Sums of a few rows, with noise. */
function sparseSums(decoder: Mat, samples: number, active: number, seed: number): Mat {
  const stream = random(seed, "sums");
  return matFrom(
    Array.from({ length: samples }, () => {
      const sum = Array.from({ length: decoder.cols }, () => 0.1 * stream.normal());
      for (let i = 0; i < active; i++) {
        const size = 0.5 + stream.exponential();
        row(decoder, stream.integer(decoder.rows)).forEach((value, r) => {
          sum[r] = (sum[r] as number) + size * value;
        });
      }
      return sum;
    }),
  );
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0);

const minus = (target: Float64Array, decoder: Mat, code: ReadonlyMap<number, number>): Float64Array =>
  target.map((value, r) => {
    let rest = value;
    for (const [latent, size] of code) rest -= size * (row(decoder, latent)[r] as number);
    return rest;
  });

/** Least squares over a support by Lawson & Hanson, without the latents that are 0. */
function fitted(decoder: Mat, target: Float64Array, support: readonly number[]): Map<number, number> {
  const { x } = nonNegativeLeastSquares(transpose(takeRows(decoder, support)), target);
  return new Map(support.map((latent, at) => [latent, x[at] as number] as const).filter(([, value]) => value > 0));
}

/** Matching pursuit as it is written in books, all inner products anew in each round. */
function plainPursuit(decoder: Mat, target: Float64Array, k: number): { code: Map<number, number>; dropped: number } {
  let code = new Map<number, number>();
  let dropped = 0;
  while (code.size < k) {
    const rest = minus(target, decoder, code);
    const scores = Array.from({ length: decoder.rows }, (_, i) => {
      const direction = row(decoder, i);
      return code.has(i) ? 0 : dot(direction, rest) / Math.hypot(...direction);
    });
    const best = scores.indexOf(Math.max(...scores));
    if (!((scores[best] as number) > 1e-6 * Math.hypot(...target))) break;
    const next = fitted(decoder, target, [...code.keys(), best]);
    dropped += code.size + 1 - next.size;
    code = next;
  }
  return { code, dropped };
}

const codeOf = ({ offsets, latents, values }: SparseRows, b: number): Map<number, number> =>
  new Map(
    Array.from(latents.subarray(offsets[b], offsets[b + 1])).map((latent, at) => [
      latent,
      values[(offsets[b] as number) + at] as number,
    ]),
  );

function expectSameCode(found: ReadonlyMap<number, number>, expected: ReadonlyMap<number, number>): void {
  expect([...found.keys()].sort((a, b) => a - b)).toEqual([...expected.keys()].sort((a, b) => a - b));
  for (const [latent, value] of found) expect(value).toBeCloseTo(expected.get(latent) as number, 9);
}

describe("orthogonalMatchingPursuit", () => {
  it.each([
    { width: 12, rows: 40, common: 0 },
    { width: 12, rows: 40, common: 1 },
    { width: 20, rows: 15, common: 2 },
  ])(
    "finds what plain loops find: $rows rows of width $width, common part $common",
    async ({ width, rows, common }) => {
      const decoder = coherentRows(rows, width, 1, common);
      const targets = sparseSums(decoder, 60, 5, 2);
      const k = Array.from({ length: 60 }, (_, b) => b % 9);
      const { codes, residuals, energies } = await orthogonalMatchingPursuit(backend, decoder, targets, k);
      let dropped = 0;
      k.forEach((count, b) => {
        const plain = plainPursuit(decoder, row(targets, b), count);
        dropped += plain.dropped;
        expectSameCode(codeOf(codes, b), plain.code);
        const rest = minus(row(targets, b), decoder, plain.code);
        row(residuals, b).forEach((value, r) => {
          expect(value).toBeCloseTo(rest[r] as number, 9);
        });
        expect(energies[b]).toBeCloseTo(dot(rest, rest), 9);
      });
      expect(dropped > 0).toBe(common > 0); // otherwise latents that leave were not tested
    },
  );

  it("gives back the codes of orthogonal rows, and stops where nothing is left to explain", async () => {
    const decoder = matFrom([
      [2, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 0.5],
    ]);
    const targets = matFrom([
      [4, 0, 1],
      [-1, 3, 0],
      [0, 0, 0],
    ]);
    const { codes, energies } = await orthogonalMatchingPursuit(backend, decoder, targets, 4);
    expect(codeOf(codes, 0)).toEqual(
      new Map([
        [0, 2],
        [3, 2],
      ]),
    );
    expect(codeOf(codes, 1)).toEqual(new Map([[1, 3]])); // the first coordinate would need a negative code
    expect([...energies]).toEqual([0, 1, 0]);
    expect([...codes.offsets]).toEqual([0, 2, 3, 3]);
  });

  it("does not depend on the samples beside one, over blocks of them", async () => {
    const decoder = coherentRows(20, 8, 5);
    const targets = sparseSums(decoder, 530, 3, 6);
    const { codes } = await orthogonalMatchingPursuit(backend, decoder, targets, 3);
    for (const b of [0, 511, 512, 529]) {
      const alone = await orthogonalMatchingPursuit(backend, decoder, takeRows(targets, [b]), 3);
      expect(codeOf(codes, b)).toEqual(codeOf(alone.codes, 0));
    }
  });
});

describe("nonNegativeCodes", () => {
  it.each([
    { width: 12, rows: 70, common: 0 },
    { width: 12, rows: 70, common: 1 },
  ])(
    "has the support of the penalised problem where it first has k latents: $rows rows, common part $common",
    async ({ width, rows, common }) => {
      const decoder = coherentRows(rows, width, 1, common);
      const targets = sparseSums(decoder, 12, 4, 2);
      const k = Array.from({ length: 12 }, (_, b) => 1 + (b % 4));
      const { codes } = await nonNegativeCodes(backend, decoder, targets, k);
      let compared = 0;
      k.forEach((count, b) => {
        const expected = penalisedSupport(decoder, row(targets, b), count);
        if (expected === undefined) return;
        compared++;
        expectSameCode(codeOf(codes, b), fitted(decoder, row(targets, b), expected));
      });
      expect(compared).toBeGreaterThan(8);
    },
  );

  it("is plain non-negative least squares where that needs no more latents than it may have", async () => {
    const decoder = coherentRows(9, 30, 3, 1);
    const targets = sparseSums(decoder, 20, 4, 4);
    const { codes, energies } = await nonNegativeCodes(backend, decoder, targets, 9);
    for (let b = 0; b < targets.rows; b++) {
      const { x, residualNorm } = nonNegativeLeastSquares(transpose(decoder), row(targets, b));
      const positive = Array.from(x.entries()).filter(([, value]) => value > 0);
      expectSameCode(codeOf(codes, b), new Map(positive));
      expect(energies[b]).toBeCloseTo(residualNorm ** 2, 9);
    }
  });
});

/**
 * Active latents of min ||x - z U||^2 / 2 + penalty sum(z) over the unit rows U, by coordinate descent, at the largest penalty of a falling
 * grid at which there are `count`. Undefined where the grid passes over it.
 */
function penalisedSupport(decoder: Mat, target: Float64Array, count: number): readonly number[] | undefined {
  const { unit } = unitRows(decoder);
  const products = gram(unit);
  const gradient = Float64Array.from({ length: unit.rows }, (_, i) => dot(row(unit, i), target));
  const z = new Float64Array(unit.rows);
  for (let penalty = Math.max(...gradient); ; penalty *= 0.99) {
    for (let moved = 1; moved > 1e-9; ) {
      moved = 0;
      for (let i = 0; i < z.length; i++) {
        const step = Math.max(0, (z[i] as number) + (gradient[i] as number) - penalty) - (z[i] as number);
        if (step === 0) continue;
        z[i] = (z[i] as number) + step;
        addScaled(gradient, row(products, i), -step);
        moved = Math.max(moved, Math.abs(step));
      }
    }
    const support = Array.from(z.keys()).filter((i) => (z[i] as number) > 0);
    if (support.length === count) return support;
    if (support.length > count) return undefined;
  }
}

describe.each([
  ["orthogonalMatchingPursuit", orthogonalMatchingPursuit],
  ["nonNegativeCodes", nonNegativeCodes],
] as const)("%s", (name, infer) => {
  const decoder = coherentRows(30, 10, 7);
  const targets = sparseSums(decoder, 20, 4, 8);

  it("has at most k latents, none negative, also with duplicate rows and k above their number, and frees its tensors", async () => {
    const twice = matFrom([...Array.from({ length: 60 }, (_, i) => row(decoder, i % 30))]);
    for (const k of [0, 1, 6, 80]) {
      const { codes } = await infer(backend, twice, targets, k);
      expect(codes.values.every((value) => value > 0)).toBe(true);
      for (let b = 0; b < targets.rows; b++) {
        const own = codes.latents.subarray(codes.offsets[b], codes.offsets[b + 1]);
        expect(own.length).toBeLessThanOrEqual(k);
        expect(new Set(Array.from(own, (latent) => latent % 30)).size).toBe(own.length); // never a row and its duplicate
        expect(own).toEqual(own.slice().sort());
      }
    }
    expect(backend.liveTensors()).toBe(0);
  });

  it("explains more with more latents", async () => {
    const energy = async (k: number): Promise<number> =>
      (await infer(backend, decoder, targets, k)).energies.reduce((sum, value) => sum + value, 0);
    const [one, three, six] = [await energy(1), await energy(3), await energy(6)];
    expect(three).toBeLessThan(one);
    expect(six).toBeLessThan(three);
  });

  it("refuses what does not fit", async () => {
    const refused = (given: Mat, k: number | readonly number[], message: string) =>
      expect(infer(backend, decoder, given, k)).rejects.toThrow(`${name}: ${message}`);
    await refused(matFrom([[1, 2]]), 2, "targets must have 10 columns, got 2");
    await refused(targets, -1, "k must be a whole number of at least 0, got -1");
    await refused(targets, [1, 2], "k must have 20 entries, got 2");
    await refused({ ...targets, data: targets.data.map(() => Number.NaN) }, 1, "targets must be finite, got NaN");
    expect(backend.liveTensors()).toBe(0);
  });
});
