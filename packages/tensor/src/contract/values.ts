import type { Binary, Unary } from "../backend.js";
import { expectTensor, type Fixture, tensorOf } from "./fixture.js";
import { matrix, norm, product, transposed, vector } from "./naive.js";

const unary: Record<Unary, (x: number) => number> = {
  step: (x) => (x > 0 ? 1 : 0),
  relu: (x) => Math.max(x, 0),
  tanh: Math.tanh,
  exp: Math.exp,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  abs: Math.abs,
};
const binary: Record<Binary, (x: number, y: number) => number> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => (y === 0 ? 0 : x / y),
  min: Math.min,
  max: Math.max,
};

/** Tensors and their arithmetic. */
export function valueContract(fixture: Fixture): void {
  const { backend, test } = fixture;
  const { describe, it, expect } = test;

  describe("values", () => {
    it("copies numbers in and out", async () => {
      const given = Float32Array.of(1, 2, 3, 4);
      const t = backend().tensor(given, [2, 2]);
      given.fill(9);
      (await backend().read(t)).fill(8);
      expect([...(await backend().read(t))]).toEqual([1, 2, 3, 4]);
      expect(t.shape).toEqual([2, 2]);
      backend().dispose(t);
    });

    it("keeps scalars, vectors and their shapes", async () => {
      const scalar = backend().tensor([5], []);
      const row = backend().reshape(backend().tensor([1, 2, 3], [3]), [1, 3]);
      expect([scalar.shape, row.shape]).toEqual([[], [1, 3]]);
      expect([...(await backend().read(scalar)), ...(await backend().read(row))]).toEqual([5, 1, 2, 3]);
    });

    for (const [transposeA, transposeB] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const)
      it(`multiplies matrices (transposed: ${transposeA}, ${transposeB})`, async () => {
        for (const [m, k, n] of [
          [1, 1, 1],
          [5, 3, 7],
          [17, 33, 9],
        ] as const) {
          const [a, b] = [matrix(m, k, m + k), matrix(k, n, n)];
          const left = tensorOf(backend(), transposeA ? transposed(a) : a);
          const right = tensorOf(backend(), transposeB ? transposed(b) : b);
          await expectTensor(fixture, backend().matMul(left, right, { transposeA, transposeB }), product(a, b));
        }
      });

    for (const op of Object.keys(unary) as Unary[])
      it(`applies ${op}`, async () => {
        const x = [...vector(9, 3).map((v) => (op === "sqrt" ? Math.abs(v) : v)), 0];
        await expectTensor(fixture, backend().unary(op, backend().tensor(x, [2, 5])), x.map(unary[op]));
      });

    for (const op of Object.keys(binary) as Binary[])
      it(`applies ${op} to tensors, rows, scalars and numbers`, async () => {
        const apply = binary[op];
        const a = matrix(3, 4, 5);
        const b = matrix(3, 4, 6).map((row, i) => row.map((v, j) => (i === j ? 0 : v)));
        const row = [0, ...vector(3, 8)];
        const t = tensorOf(backend(), a);
        const map = (f: (x: number, i: number, j: number) => number) => a.map((r, i) => r.map((x, j) => f(x, i, j)));
        await expectTensor(
          fixture,
          backend().binary(op, t, tensorOf(backend(), b)),
          map((x, i, j) => apply(x, b[i]?.[j] as number)),
        );
        await expectTensor(
          fixture,
          backend().binary(op, t, backend().tensor(row, [4])),
          map((x, _, j) => apply(x, row[j] as number)),
        );
        await expectTensor(
          fixture,
          backend().binary(op, t, backend().tensor([0.5], [])),
          map((x) => apply(x, 0.5)),
        );
        for (const number of [0.25, 0])
          await expectTensor(
            fixture,
            backend().binary(op, t, number),
            map((x) => apply(x, number)),
          );
      });

    it("sums everything, and over rows", async () => {
      const a = matrix(6, 5, 9);
      const t = tensorOf(backend(), a);
      await expectTensor(fixture, backend().sum(t), [a.flat().reduce((sum, x) => sum + x, 0)]);
      const columns = transposed(a).map((column) => column.reduce((sum, x) => sum + x, 0));
      expect(backend().sum(t, 0).shape).toEqual([5]);
      await expectTensor(fixture, backend().sum(t, 0), columns);
    });

    it("takes norms of rows and of column blocks", async () => {
      const a = [...matrix(4, 5, 11), [0, 0, 0, 0, 0]];
      const t = tensorOf(backend(), a);
      await expectTensor(fixture, backend().rowNorms(t), a.map(norm));
      const blocks = backend().rowNorms(t, [2, 3]);
      expect(blocks.shape).toEqual([5, 2]);
      await expectTensor(
        fixture,
        blocks,
        a.map((row) => [norm(row.slice(0, 2)), norm(row.slice(2))]),
      );
    });

    it("takes rows of matrices and parts of vectors", async () => {
      const a = matrix(5, 3, 12);
      const part = backend().rows(tensorOf(backend(), a), 1, 3);
      expect(part.shape).toEqual([3, 3]);
      await expectTensor(fixture, part, a.slice(1, 4));
      await expectTensor(fixture, backend().rows(backend().tensor([1, 2, 3, 4], [4]), 2, 2), [3, 4]);
    });

    it("refuses shapes that do not fit, and says both", () => {
      const a = tensorOf(backend(), matrix(2, 3, 1));
      expect(() => backend().tensor([1, 2], [3])).toThrow("tensor: shape [3] needs 3 numbers, got 2");
      expect(() => backend().matMul(a, a)).toThrow("matMul: the inner sizes must be equal, got 3 and 2");
      expect(() => backend().binary("add", a, backend().tensor([1, 2], [2]))).toThrow(
        "binary: b must have shape [2,3], [3] or [], got [2]",
      );
      expect(() => backend().rows(a, 1, 2)).toThrow("rows: start and count must lie in 0..2, got 1 and 2");
      expect(() => backend().rowNorms(a, [1, 1])).toThrow("rowNorms: blocks must be positive widths that sum to 3");
      expect(() => backend().reshape(a, [4])).toThrow("reshape: shape [4] needs 4 numbers, got 6");
    });
  });
}
