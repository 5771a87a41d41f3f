import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leastSquares, pseudoInverse } from "../src/decompositions/leastSquares.js";
import { rank } from "../src/decompositions/rank.js";
import { singularValues, svd } from "../src/decompositions/svd.js";
import { symmetricEigen } from "../src/decompositions/symmetricEigen.js";
import { gaussLaguerre } from "../src/gaussLaguerre.js";
import {
  gram,
  type Mat,
  matFrom,
  multiply,
  nonNegativeLeastSquares,
  normaliseRows,
  transpose,
  unitRows,
} from "../src/index.js";
import { norm } from "../src/matrices/vector.js";
import { fastNonNegativeLeastSquares } from "../src/nonNegative/fastNonNegativeLeastSquares.js";
import { matrix, real, size, whole } from "./support/arbitraries.js";

const anyMatrix = (entry: fc.Arbitrary<number>): fc.Arbitrary<Mat> =>
  fc.tuple(size(1, 7), size(1, 7)).chain(([rows, cols]) => matrix(rows, cols, entry));
const difference = (a: Mat, b: Mat): number => norm(a.data.map((value, at) => value - (b.data[at] as number)));
const scaledColumns = (mat: Mat, factors: Float64Array): Mat => ({
  ...mat,
  data: mat.data.map((value, at) => value * (factors[at % mat.cols] as number)),
});
const orthonormal = ({ data, rows, cols }: Mat): void => {
  const products = gram(transpose({ data, rows, cols }));
  products.data.forEach((value, at) => {
    expect(value).toBeCloseTo(at % (cols + 1) === 0 ? 1 : 0, 10);
  });
};

/** Rank by exact elimination of whole numbers, as fractions over a common denominator. */
const exactRank = ({ rows, cols, data }: Mat): number => {
  const m = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, j) => BigInt(data[i * cols + j] as number)),
  );
  let found = 0;
  for (let j = 0; j < cols && found < rows; j++) {
    const pivot = m.findIndex((values, i) => i >= found && values[j] !== 0n);
    if (pivot < 0) continue;
    [m[found], m[pivot]] = [m[pivot] as bigint[], m[found] as bigint[]];
    const top = m[found] as bigint[];
    for (let i = found + 1; i < rows; i++) {
      const own = m[i] as bigint[];
      const factor = own[j] as bigint;
      m[i] = own.map((value, k) => value * (top[j] as bigint) - factor * (top[k] as bigint));
    }
    found++;
  }
  return found;
};

describe("svd and symmetricEigen", () => {
  it("decompose and put together again, tall, wide and singular matrices too", () => {
    fc.assert(
      fc.property(fc.oneof(anyMatrix(real), anyMatrix(whole)), (mat) => {
        const { u, s, v } = svd(mat);
        expect(difference(multiply(scaledColumns(u, s), v, { transposeB: true }), mat)).toBeLessThan(1e-12);
        orthonormal(u);
        orthonormal(v);
        expect(Array.from(s)).toEqual(Array.from(s).sort((a, b) => b - a));
        singularValues(mat).forEach((value, k) => {
          expect(value).toBeCloseTo(s[k] as number, 11);
        });
        const square = gram(mat);
        const { values, vectors } = symmetricEigen(square);
        expect(
          difference(multiply(scaledColumns(vectors, values), vectors, { transposeB: true }), square),
        ).toBeLessThan(1e-12);
        expect(Array.from(values)).toEqual(Array.from(values).sort((a, b) => b - a));
      }),
      { numRuns: 200 },
    );
  });
});

describe("rank", () => {
  it("is that of exact elimination, and certified", () => {
    fc.assert(
      fc.property(anyMatrix(whole), (mat) => {
        expect(rank(mat)).toMatchObject({ rank: exactRank(mat), certified: true });
      }),
      { numRuns: 300 },
    );
  });

  it("is not certified where singular values crowd at the cut", () => {
    const mat = matFrom([
      [1, 0, 0],
      [0, 3e-10, 0],
      [0, 0, 0.5e-10],
    ]);
    expect(rank(mat)).toMatchObject({ rank: 2, low: 1, high: 3, certified: false });
  });
});

describe("leastSquares and pseudoInverse", () => {
  it("give the solution of minimum norm: the residual is orthogonal to A, and X lies in the rows of A", () => {
    const problem = fc
      .tuple(size(1, 6), size(1, 6))
      .chain(([rows, cols]) => fc.tuple(matrix(rows, cols, whole), matrix(rows, 2, whole)));
    fc.assert(
      fc.property(problem, ([a, b]) => {
        const { x, residual } = leastSquares(a, b);
        expect(norm(multiply(a, residual, { transposeA: true }).data)).toBeLessThan(1e-10);
        expect(difference(multiply(pseudoInverse(a), b), x)).toBeLessThan(1e-10);
        expect(difference(multiply(multiply(pseudoInverse(a), a), x), x)).toBeLessThan(1e-10);
      }),
      { numRuns: 200 },
    );
  });
});

describe("fastNonNegativeLeastSquares", () => {
  it("agrees with the active-set method on independent columns", () => {
    const problem = fc
      .tuple(size(1, 8), size(0, 6))
      .chain(([cols, more]) => fc.tuple(matrix(cols + more, cols), matrix(cols + more, 1)));
    fc.assert(
      fc.property(problem, ([a, b]) => {
        const products = gram(transpose(a));
        if (rank(a).rank < a.cols || (singularValues(a).at(-1) as number) < 1e-3) return;
        const target = multiply(a, b, { transposeA: true }).data;
        const fast = fastNonNegativeLeastSquares(products, target);
        expect(fast.converged).toBe(true);
        const slow = nonNegativeLeastSquares(a, b.data);
        fast.x.forEach((value, j) => {
          expect(value).toBeCloseTo(slow.x[j] as number, 7);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("leaves an excluded variable at 0 and says so where columns depend on each other", () => {
    const products = gram(
      matFrom([
        [1, 0],
        [0, 1],
        [1, 0],
      ]),
    );
    const target = Float64Array.of(2, 3, 2);
    expect(fastNonNegativeLeastSquares(products, target, { excluded: 2 })).toMatchObject({ converged: true });
    expect(Array.from(fastNonNegativeLeastSquares(products, target, { excluded: 2 }).x)).toEqual([2, 3, 0]);
  });
});

describe("gaussLaguerre", () => {
  it("integrates powers against e^-t exactly: t^k gives k!", () => {
    const { nodes, weights } = gaussLaguerre(10);
    for (let k = 0, factorial = 1; k <= 19; k++, factorial *= k) {
      const sum = nodes.reduce((total, t, at) => total + (weights[at] as number) * t ** k, 0);
      expect(sum / factorial).toBeCloseTo(1, 9);
    }
  });
});

describe("rows of unit norm", () => {
  it("keep rows of zeros, give the norms before, and differ between copy and in place by the order of sums alone", () => {
    fc.assert(
      fc.property(size(0, 5), size(0, 6), (rows, cols) => {
        fc.assert(
          fc.property(matrix(rows, cols, whole), (mat) => {
            const { unit, norms } = unitRows(mat);
            const inPlace = mat.data.slice();
            const found = normaliseRows(inPlace, cols);
            if (cols > 0) expect(found).toEqual(norms); // whole numbers are summed exactly in any order
            expect(inPlace).toEqual(unit.data);
            norms.forEach((length, i) => {
              const own = norm(unit.data.subarray(i * cols, (i + 1) * cols));
              expect(own).toBeCloseTo(length === 0 ? 0 : 1, 14);
            });
          }),
          { numRuns: 5 },
        );
      }),
    );
  });

  it("scales to another norm and stores in the precision of the rows", () => {
    const rows = Float32Array.of(3, 4, 0, 0, 1e-30, 0);
    expect([...normaliseRows(rows, 2, 2)]).toEqual([5, 0, Math.fround(1e-30)]);
    expect([...rows]).toEqual([Math.fround(1.2), Math.fround(1.6), 0, 0, 2, 0]);
  });
});
