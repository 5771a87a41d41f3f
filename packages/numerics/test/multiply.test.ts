import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gram, type Mat, multiply, transpose, zeros } from "../src/index.js";
import { matrix, size, whole } from "./support/arbitraries.js";

const naive = (a: Mat, b: Mat): Mat => {
  const result = zeros(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.cols; j++) {
      let sum = 0;
      for (let k = 0; k < a.cols; k++) sum += (a.data[i * a.cols + k] as number) * (b.data[k * b.cols + j] as number);
      result.data[i * b.cols + j] = sum;
    }
  }
  return result;
};

const counting = (rows: number, cols: number): Mat => {
  const result = zeros(rows, cols);
  for (let at = 0; at < result.data.length; at++) result.data[at] = ((at * 7919) % 13) - 6;
  return result;
};

describe("multiply", () => {
  it("is the sum of products for every size and transposition (whole numbers: exactly)", () => {
    const sizes = fc.tuple(size(0, 8), size(0, 8), size(0, 8));
    const pair = sizes.chain(([m, k, n]) => fc.tuple(matrix(m, k, whole), matrix(k, n, whole)));
    fc.assert(
      fc.property(pair, fc.boolean(), fc.boolean(), ([a, b], transposeA, transposeB) => {
        const product = multiply(transposeA ? transpose(a) : a, transposeB ? transpose(b) : b, {
          transposeA,
          transposeB,
        });
        expect(product).toEqual(naive(a, b));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [5, 1025, 4],
    [2, 2100, 7],
    [4, 700, 200],
    [301, 3, 130],
  ])("is exact beyond the sizes of its blocks: %i x %i x %i", (m, k, n) => {
    const [a, b] = [counting(m, k), counting(k, n)];
    expect(multiply(a, b)).toEqual(naive(a, b));
  });

  it("gives a Gram matrix that is exactly symmetric", () => {
    const a = counting(200, 300);
    expect(gram(a)).toEqual(multiply(a, a, { transposeB: true }));
    expect(gram(a)).toEqual(transpose(gram(a)));
  });

  it("refuses inner sizes that differ", () => {
    expect(() => multiply(zeros(2, 3), zeros(2, 3))).toThrow(/^multiply: inner sizes must be equal, got 3 and 2/);
  });
});
