import type { AdamStep, Backend, Parameter, RowGradient, Update } from "../backend.js";
import { expectClose, expectTensor, type Fixture, tensorOf } from "./fixture.js";
import { inner, type Matrix, matrix, norm, preActivations, rowSums, selected, vector } from "./naive.js";

const adam: AdamStep = { t: 1, lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

interface NaiveState {
  w: Matrix;
  m: Matrix;
  v: Matrix;
}

const zeros = (a: Matrix): Matrix => a.map((row) => row.map(() => 0));
const zip = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, i) => row.map((x, j) => f(x, (b[i] as number[])[j] as number)));
const start = (w: Matrix): NaiveState => ({ w, m: zeros(w), v: zeros(w) });

/** Adam (Kingma & Ba 2015) on gradients that are already projected and clipped. */
function adamStep({ w, m, v }: NaiveState, g: Matrix, { t, lr, beta1, beta2, epsilon }: AdamStep): NaiveState {
  const first = zip(m, g, (x, y) => beta1 * x + (1 - beta1) * y);
  const second = zip(v, g, (x, y) => beta2 * x + (1 - beta2) * y * y);
  const direction = zip(first, second, (x, y) => x / (1 - beta1 ** t) / (Math.sqrt(y / (1 - beta2 ** t)) + epsilon));
  return { w: zip(w, direction, (x, d) => x - lr * d), m: first, v: second };
}

/** The optimiser step. */
export function updateContract(fixture: Fixture): void {
  const { backend, test } = fixture;
  const { describe, it, expect } = test;
  const parameterOf = (w: Matrix): Parameter =>
    backend().parameter([w.length, (w[0] as number[]).length], { value: Float64Array.from(w.flat()) });
  const expectState = async (p: Parameter, { w, m, v }: NaiveState): Promise<void> => {
    const { value, first, second } = await backend().readState(p);
    expectClose(fixture, value, w.flat());
    expectClose(fixture, first, m.flat());
    expectClose(fixture, second, v.flat());
    await expectTensor(fixture, p.value, w);
  };

  describe("update", () => {
    for (const epsilon of [1e-8, 0.5])
      it(`takes five steps of Adam on dense gradients, epsilon ${epsilon}`, async () => {
        const p = parameterOf(matrix(4, 3, 1));
        let state = start(matrix(4, 3, 1));
        for (let t = 1; t <= 5; t++) {
          const g = matrix(4, 3, 10 + t);
          const step = { ...adam, t, epsilon };
          backend().update([{ parameter: p, gradient: tensorOf(backend(), g) }], step);
          state = adamStep(state, g, step);
        }
        await expectState(p, state);
        backend().dispose(p);
      });

    it("continues from given moments, and reads back what it was given", async () => {
      const [w, m, v] = [matrix(3, 2, 1), matrix(3, 2, 2), matrix(3, 2, 3).map((row) => row.map(Math.abs))] as const;
      const state = { value: w.flat(), first: m.flat(), second: v.flat() };
      const p = backend().parameter([3, 2], {
        value: Float64Array.from(state.value),
        first: Float64Array.from(state.first),
        second: Float64Array.from(state.second),
      });
      const { value, first, second } = await backend().readState(p);
      expect([[...value], [...first], [...second]]).toEqual([state.value, state.first, state.second]);
      const g = matrix(3, 2, 4);
      backend().update([{ parameter: p, gradient: tensorOf(backend(), g) }], { ...adam, t: 7 });
      await expectState(p, adamStep({ w, m, v }, g, { ...adam, t: 7 }));
    });

    it("moves vectors, keeps them above their minimum, and leaves the gradient in the first moment with beta1 0", async () => {
      const p = backend().parameter([4], { value: Float64Array.of(0.005, 0.5, 0.001, 0) });
      const g = [1, -1, 0.5, 0];
      backend().update([{ parameter: p, gradient: backend().tensor(g, [4]), minimum: 0 }], { ...adam, beta1: 0 });
      const { value, first } = await backend().readState(p);
      expectClose(fixture, value, [0, 0.5 + 0.01 / (1 + adam.epsilon), 0, 0]);
      expectClose(fixture, first, g);
    });

    it("moves rows without a gradient by their moments", async () => {
      const w = matrix(2, 2, 5);
      const p = parameterOf(w);
      let state = start(w);
      for (const [i, g] of [matrix(2, 2, 6), zeros(w)].entries()) {
        backend().update([{ parameter: p, gradient: tensorOf(backend(), g) }], { ...adam, t: i + 1 });
        state = adamStep(state, g, { ...adam, t: i + 1 });
      }
      await expectState(p, state);
    });

    describe("of rows", () => {
      const [batch, width, latents] = [6, 4, 7];
      const x = matrix(batch, width, 21);
      const y = matrix(batch, width, 22);
      const w = matrix(latents, width, 23);
      const selection = { kind: "topK", k: 3 } as const;
      const pairs = selected(preActivations(x, w), { selection });
      const pre = pairs.map(({ z }) => z);
      const bySource = rowSums(pairs, pre, [x], latents);
      const codes = () => backend().select(tensorOf(backend(), x), tensorOf(backend(), w), selection).codes;
      const gradient = async (
        rest: Omit<RowGradient, "from">,
        extra: Partial<Update> = {},
      ): Promise<ArrayLike<number>> => {
        const parameter = parameterOf(w);
        const from = [{ coefficients: codes().pre, rows: tensorOf(backend(), x) }];
        backend().update([{ parameter, gradient: { from, ...rest }, ...extra }], { ...adam, lr: 0, beta1: 0 });
        return (await backend().readState(parameter)).first;
      };

      it("sums two sources on tied weights", async () => {
        const p = parameterOf(w);
        const { pre: entries } = codes();
        const from = [
          { coefficients: entries, rows: tensorOf(backend(), x) },
          { coefficients: backend().unary("square", entries), rows: tensorOf(backend(), y) },
        ];
        backend().update([{ parameter: p, gradient: { from } }], adam);
        const squares = rowSums(
          pairs,
          pre.map((z) => z * z),
          [y],
          latents,
        );
        const g = zip(bySource, squares, (a, b) => a + b);
        await expectState(p, adamStep(start(w), g, adam));
      });

      it("adds a scale of the rows: a number, by latent, by latent and block", async () => {
        const perLatent = vector(latents, 31);
        const perBlock = matrix(latents, 2, 32);
        const scaled = (factor: (i: number, j: number) => number) =>
          bySource.flatMap((row, i) => row.map((g, j) => g + factor(i, j) * ((w[i] as number[])[j] as number)));
        expectClose(
          fixture,
          await gradient({ scale: 0.3 }),
          scaled(() => 0.3),
        );
        const scale = backend().tensor(perLatent, [latents]);
        expectClose(
          fixture,
          await gradient({ scale }),
          scaled((i) => perLatent[i] as number),
        );
        const blocks = [1, 3];
        expectClose(
          fixture,
          await gradient({ scale: tensorOf(backend(), perBlock), blocks }),
          scaled((i, j) => (perBlock[i] as number[])[j < 1 ? 0 : 1] as number),
        );
      });

      it("pulls the first rows to their anchors", async () => {
        const anchors = matrix(2, width, 33);
        const expected = bySource.map((row, i) =>
          row.map((g, j) => {
            const anchor = anchors[i]?.[j];
            return anchor === undefined ? g : g + 2 * 0.7 * (((w[i] as number[])[j] as number) - anchor);
          }),
        );
        const rows = tensorOf(backend(), anchors);
        expectClose(fixture, await gradient({ anchors: { rows, strength: 0.7 } }), expected.flat());
      });

      it("takes a gradient without sources as the penalties alone", async () => {
        const p = parameterOf(w);
        backend().update([{ parameter: p, gradient: { from: [], scale: 2 } }], { ...adam, lr: 0, beta1: 0 });
        expectClose(
          fixture,
          (await backend().readState(p)).first,
          w.flat().map((v) => 2 * v),
        );
      });
    });

    it("projects gradients of unit rows, then clips by the norm of all, then renormalises", async () => {
      const unit = matrix(5, 3, 41).map((row, i) => (i === 4 ? [0, 0, 0] : row.map((v) => v / norm(row))));
      const free = matrix(2, 2, 42);
      const [g, h] = [matrix(5, 3, 43), matrix(2, 2, 44)];
      const tangent = g.map((row, i) => {
        const w = unit[i] as number[];
        return row.map((v, j) => v - inner(row, w) * (w[j] as number));
      });
      const length = norm([...tangent.flat(), ...h.flat()]);
      const step: AdamStep = { ...adam, lr: 0.1, clip: 0.5, norm: true };
      const [p, q] = [parameterOf(unit), parameterOf(free)];
      const returned = backend().update(
        [
          { parameter: p, gradient: tensorOf(backend(), g), unitRows: true },
          { parameter: q, gradient: tensorOf(backend(), h) },
        ],
        step,
      );
      if (returned === undefined) throw new Error("no norm");
      await expectTensor(fixture, returned, [length]);
      const scale = (a: Matrix) => a.map((row) => row.map((v) => (v * 0.5) / length));
      const next = adamStep(start(unit), scale(tangent), step);
      const rows = next.w.map((row) => row.map((v) => v / norm(row)));
      await expectState(p, { ...next, w: rows });
      await expectState(q, adamStep(start(free), scale(h), step));
    });

    it("keeps unit rows of zeros that get no gradient", async () => {
      const p = parameterOf([
        [0, 0],
        [3, 4],
      ]);
      const gradient = tensorOf(backend(), [
        [0, 0],
        [0, 0],
      ]);
      backend().update([{ parameter: p, gradient, unitRows: true }], adam);
      expectClose(fixture, (await backend().readState(p)).value, [0, 0, 0.6, 0.8]);
    });

    it("leaves gradients shorter than the clip as they are, and returns their norm only where asked", async () => {
      const g = [[3, 4]];
      const p = parameterOf([[1, 1]]);
      const gradient = tensorOf(backend(), g);
      const clipped = { ...adam, clip: 10 };
      expect(backend().update([{ parameter: p, gradient }], clipped)).toBe(undefined);
      await expectState(p, adamStep(start([[1, 1]]), g, adam));
      const zero = backend().update([{ parameter: p, gradient: tensorOf(backend(), [[0, 0]]) }], {
        ...clipped,
        norm: true,
      });
      expect([...(await backend().read(zero as NonNullable<typeof zero>))]).toEqual([0]);
    });

    describe("with a support", () => {
      const blocks = [
        { rows: 1, from: 0, to: 5 },
        { rows: 3, from: 2, to: 7 },
        { rows: 2, from: 6, to: 7 },
      ];
      const [rows, width] = [6, 7];
      const columns = blocks.flatMap(({ rows: count, from, to }) =>
        Array.from({ length: count }, () => ({ from, to })),
      );
      const masked = (a: Matrix): Matrix =>
        a.map((row, i) => {
          const { from, to } = columns[i] as { from: number; to: number };
          return row.map((x, j) => (j >= from && j < to ? x : 0));
        });
      const w = masked(matrix(rows, width, 61));

      it("moves the columns of each block of rows alone, over five steps of Adam on dense gradients", async () => {
        const p = parameterOf(w);
        let state = start(w);
        for (let t = 1; t <= 5; t++) {
          const g = matrix(rows, width, 70 + t);
          backend().update([{ parameter: p, gradient: tensorOf(backend(), g), support: blocks }], { ...adam, t });
          state = adamStep(state, masked(g), { ...adam, t });
        }
        await expectState(p, state);
        const { value, first, second } = await backend().readState(p);
        const outside = masked(w.map((row) => row.map(() => 1))).flat();
        for (const numbers of [value, first, second]) {
          expect(Array.from(numbers).filter((x, i) => outside[i] === 0 && x !== 0)).toEqual([]);
        }
      });

      it("takes gradients by rows as 0 outside, with scales by column blocks and anchors", async () => {
        const x = matrix(5, width, 81);
        const e = matrix(rows, width, 82);
        const selection = { kind: "topK", k: 3 } as const;
        const pairs = selected(preActivations(x, e), { selection });
        const factors = matrix(rows, 3, 83);
        const anchors = matrix(2, width, 84);
        const column = [0, 0, 0, 1, 1, 1, 2];
        const from = rowSums(
          pairs,
          pairs.map(({ z }) => z),
          [x],
          rows,
        );
        const g = from.map((row, i) =>
          row.map((v, j) => {
            const own = (w[i] as number[])[j] as number;
            const anchor = anchors[i]?.[j];
            const factor = (factors[i] as number[])[column[j] as number] as number;
            return v + factor * own + (anchor === undefined ? 0 : 2 * 0.3 * (own - anchor));
          }),
        );
        const { codes } = backend().select(tensorOf(backend(), x), tensorOf(backend(), e), selection);
        const parameter = parameterOf(w);
        const gradient = {
          from: [{ coefficients: codes.pre, rows: tensorOf(backend(), x) }],
          ...{ scale: tensorOf(backend(), factors), blocks: [3, 3, 1] },
          anchors: { rows: tensorOf(backend(), anchors), strength: 0.3 },
        };
        backend().update([{ parameter, gradient, support: blocks }], adam);
        await expectState(parameter, adamStep(start(w), masked(g), adam));
      });

      it("projects, measures and clips what is inside, and gives the rows unit norm", async () => {
        const unit = w.map((row) => row.map((v) => v / norm(row)));
        const g = matrix(rows, width, 91);
        const tangent = masked(g).map((row, i) => {
          const own = unit[i] as number[];
          return row.map((v, j) => v - inner(row, own) * (own[j] as number));
        });
        const length = norm(tangent.flat());
        const step: AdamStep = { ...adam, lr: 0.1, clip: 0.5, norm: true };
        const p = parameterOf(unit);
        const one = { parameter: p, gradient: tensorOf(backend(), g), unitRows: true, support: blocks };
        const returned = backend().update([one], step);
        await expectTensor(fixture, returned as NonNullable<typeof returned>, [length]);
        const next = adamStep(
          start(unit),
          tangent.map((row) => row.map((v) => (v * 0.5) / length)),
          step,
        );
        await expectState(p, { ...next, w: next.w.map((row) => row.map((v) => v / norm(row))) });
      });

      it("refuses blocks that miss rows or name columns that are not there", () => {
        const p = parameterOf(w);
        const gradient = tensorOf(backend(), w);
        const wrong = (support: Update["support"]) => () =>
          backend().update([{ parameter: p, gradient, ...(support ? { support } : {}) }], adam);
        expect(wrong(blocks.slice(1))).toThrow("update: support must be blocks of 6 rows in all with columns in 0..7");
        expect(wrong([{ rows: 6, from: 3, to: 8 }])).toThrow("list every row once");
        expect(wrong([{ rows: 6, from: 3, to: 3 }])).toThrow("list every row once");
        backend().dispose(p);
      });
    });

    it("lets a gradient that is not finite reach the value", async () => {
      const p = parameterOf([[1, 1]]);
      const gradient = tensorOf(backend(), [[Number.NaN, 1]]);
      backend().update([{ parameter: p, gradient }], { ...adam, clip: 1 });
      expect((await backend().readState(p)).value[0]).toBe(Number.NaN);
    });

    it("replaces rows and elements and forgets their moments", async () => {
      const w = matrix(4, 2, 51);
      const p = parameterOf(w);
      backend().update([{ parameter: p, gradient: tensorOf(backend(), matrix(4, 2, 52)) }], adam);
      const before = await backend().readState(p);
      const rows = matrix(2, 2, 53);
      backend().setRows(p, Int32Array.of(3, 1), tensorOf(backend(), rows));
      const replaced = (old: ArrayLike<number>, ...fresh: number[][]) =>
        [0, 1, 2, 3].flatMap((i) => (i % 2 === 0 ? [old[2 * i], old[2 * i + 1]] : fresh[i === 3 ? 0 : 1])) as number[];
      const after = await backend().readState(p);
      expect([...after.value]).toEqual(replaced(before.value, ...rows));
      expect([...after.first]).toEqual(replaced(before.first, [0, 0], [0, 0]));
      expect([...after.second]).toEqual(replaced(before.second, [0, 0], [0, 0]));
      await expectTensor(fixture, p.value, [...after.value]);
      const v = backend().parameter([3], { value: Float64Array.of(1, 2, 3) });
      backend().setRows(v, Int32Array.of(1), backend().tensor([9], [1]));
      expect([...(await backend().readState(v)).value]).toEqual([1, 9, 3]);
    });

    it("refuses what does not fit before anything is changed", async () => {
      const w = matrix(3, 2, 61);
      const [p, q] = [parameterOf(w), parameterOf(w)];
      const good = tensorOf(backend(), w);
      const attempt =
        (updates: readonly Update[], step = adam) =>
        () =>
          backend().update(updates, step);
      const bad = backend().tensor([1], [1]);
      expect(
        attempt([
          { parameter: p, gradient: good },
          { parameter: q, gradient: bad },
        ]),
      ).toThrow("update: gradient must have shape [3,2], got [1]");
      expect(attempt([{ parameter: p, gradient: good }], { ...adam, t: 0 })).toThrow(
        "t must be an integer from 1, got 0",
      );
      const twice = { parameter: p, gradient: good };
      expect(attempt([twice, twice])).toThrow("update: each parameter must be named once");
      const anchors = { rows: tensorOf(backend(), matrix(4, 2, 1)), strength: 1 };
      expect(attempt([{ parameter: p, gradient: { from: [], anchors } }])).toThrow(
        "anchors.rows must have shape [3,2]",
      );
      expect(() => backend().setRows(p, Int32Array.of(3), tensorOf(backend(), matrix(1, 2, 1)))).toThrow(
        "setRows: latents must lie in 0..2, got 3",
      );
      await expectState(p, start(w));
    });
  });
}

/** One whole step of a TopK autoencoder in a scope, for leak tests and timing. */
export function trainStep(backend: Backend, encoder: Parameter, decoder: Parameter, x: Matrix, t: number): void {
  backend.scope(() => {
    const input = tensorOf(backend, x);
    const { codes } = backend.select(input, encoder.value, { kind: "topK", k: 2 });
    const values = backend.unary("relu", codes.pre);
    const [output] = backend.decode(values, decoder.value);
    if (output === undefined) throw new Error("no level");
    const error = backend.binary("mul", backend.binary("sub", output, input), 2 / x.length);
    const coefficients = backend.binary(
      "mul",
      backend.dot(codes, [error], decoder.value),
      backend.unary("step", codes.pre),
    );
    backend.update(
      [
        { parameter: encoder, gradient: { from: [{ coefficients, rows: input }], scale: 0.01 } },
        { parameter: decoder, gradient: { from: [{ coefficients: values, rows: error }] }, unitRows: true },
      ],
      { ...adam, t, clip: 1, norm: true },
    );
  });
}
