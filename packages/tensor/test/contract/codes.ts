import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Backend, Selected, SelectOptions, Tensor } from "../../src/index.js";
import { expectEntries, expectTensor, type Fixture, tensorOf } from "./fixture.js";
import {
  decoded,
  inner,
  type Matrix,
  matrix,
  type NaivePair,
  type NaiveSelection,
  preActivations,
  rowSums,
  selected,
  selectedAmong,
  vector,
} from "./naive.js";

interface Case extends NaiveSelection {
  readonly title: string;
  /** B, P, Q, R. */
  readonly sizes: readonly [number, number, number, number];
}

const cases: readonly Case[] = [
  { title: "topK", sizes: [7, 5, 11, 4], selection: { kind: "topK", k: 3 } },
  { title: "topK of one sample", sizes: [1, 3, 5, 3], selection: { kind: "topK", k: 2 } },
  { title: "topK with k = Q", sizes: [5, 4, 6, 4], selection: { kind: "topK", k: 6 } },
  { title: "topK at an odd width", sizes: [16, 9, 33, 17], selection: { kind: "topK", k: 5 } },
  { title: "signed topK", sizes: [6, 5, 7, 5], selection: { kind: "topK", k: 6, signed: true } },
  { title: "topK with a bias", sizes: [6, 5, 9, 5], selection: { kind: "topK", k: 3 }, bias: vector(9, 21) },
  { title: "topK in levels by rank", sizes: [6, 5, 12, 4], selection: { kind: "topK", k: [1, 3, 7] } },
  { title: "topK in prefixes", sizes: [6, 5, 12, 4], selection: { kind: "topK", k: 5 }, prefixes: [2, 7, 12] },
  { title: "batchTopK", sizes: [8, 5, 11, 4], selection: { kind: "batchTopK", k: 2 } },
  { title: "batchTopK with a fractional k", sizes: [7, 5, 11, 4], selection: { kind: "batchTopK", k: 1.5 } },
  { title: "batchTopK of no entry", sizes: [3, 5, 11, 4], selection: { kind: "batchTopK", k: 0.25 } },
  { title: "batchTopK of more than are positive", sizes: [4, 5, 6, 4], selection: { kind: "batchTopK", k: 6 } },
  { title: "batchTopK of one sample", sizes: [1, 5, 9, 4], selection: { kind: "batchTopK", k: 2 } },
  { title: "batchTopK in levels by rank", sizes: [6, 5, 12, 4], selection: { kind: "batchTopK", k: [0.5, 2, 3] } },
  { title: "batchTopK in prefixes", sizes: [6, 5, 12, 4], selection: { kind: "batchTopK", k: 3 }, prefixes: [3, 12] },
  { title: "groupMax", sizes: [7, 5, 12, 4], selection: { kind: "groupMax", groups: 4 } },
  { title: "groupMax of one group", sizes: [4, 5, 6, 4], selection: { kind: "groupMax", groups: 1 } },
  { title: "groupMax of groups of one", sizes: [4, 5, 6, 4], selection: { kind: "groupMax", groups: 6 } },
  { title: "groupMax of one sample", sizes: [1, 5, 8, 4], selection: { kind: "groupMax", groups: 2 } },
  { title: "groupMax at an odd width", sizes: [16, 9, 33, 17], selection: { kind: "groupMax", groups: 11 } },
  { title: "groupMax of large groups", sizes: [13, 7, 245, 5], selection: { kind: "groupMax", groups: 5 } },
  {
    title: "groupMax with a bias, in prefixes that cut groups",
    sizes: [6, 5, 12, 4],
    selection: { kind: "groupMax", groups: 3 },
    bias: vector(12, 22),
    prefixes: [2, 8, 12],
  },
  { title: "threshold", sizes: [7, 5, 11, 4], selection: { kind: "threshold", theta: 0 } },
  { title: "threshold above everything", sizes: [4, 5, 6, 4], selection: { kind: "threshold", theta: 100 } },
  {
    title: "threshold by latent with a margin",
    sizes: [7, 5, 11, 4],
    selection: { kind: "threshold", theta: vector(11, 31), margin: 0.25 },
    bias: vector(11, 32),
  },
  {
    title: "threshold in prefixes",
    sizes: [6, 5, 12, 4],
    selection: { kind: "threshold", theta: 0.1 },
    prefixes: [1, 4, 12],
  },
];

/** Selections and everything that works on their pairs. */
export function codesContract(fixture: Fixture): void {
  const { backend } = fixture;

  describe.each(cases)("codes of $title", (one) => {
    const [batch, width, latents, outputs] = one.sizes;
    const x = matrix(batch, width, 41).map((row, b) => (b === 2 ? row.map(() => 0) : row));
    const encoder = matrix(latents, width, 42);
    const decoder = matrix(latents, outputs, 43);
    const pairs = selected(preActivations(x, encoder, one.bias), one);
    const pre = pairs.map(({ z }) => z);
    const levels = one.prefixes?.length ?? levelsOf(one);
    const errors = Array.from({ length: levels }, (_, l) => matrix(batch, outputs, 50 + l));
    const select = () => run(backend(), one, tensorOf(backend(), x), tensorOf(backend(), encoder));

    it("stores the pairs with their pre-activations", async () => {
      const { codes, smallest } = select();
      expect([codes.batch, codes.latents, codes.levels]).toEqual([batch, latents, levels]);
      await expectEntries(fixture, codes.pre, pairs, pre);
      expect(smallest !== undefined).toBe(one.selection.kind === "batchTopK");
      const positive = pre.filter((z) => z > 0);
      if (smallest) await expectTensor(fixture, smallest, [positive.length === 0 ? 0 : Math.min(...positive)]);
    });

    it("decodes each level", async () => {
      const { codes } = select();
      const sums = backend().decode(backend().unary("relu", codes.pre), tensorOf(backend(), decoder));
      const expected = decoded(
        pairs,
        pre.map((z) => Math.max(z, 0)),
        decoder,
        batch,
        levels,
      );
      expect(sums.length).toBe(levels);
      for (const [l, sum] of sums.entries()) await expectTensor(fixture, sum, expected[l] as Matrix);
    });

    it("takes inner products of each level's error with decoder rows, at the pairs only", async () => {
      const { codes } = select();
      const dot = backend().dot(
        codes,
        errors.map((e) => tensorOf(backend(), e)),
        tensorOf(backend(), decoder),
      );
      const expected = pairs.map(({ b, i, level }) =>
        inner((errors[level] as Matrix)[b] as number[], decoder[i] as number[]),
      );
      await expectEntries(fixture, dot, pairs, expected);
    });

    it("computes with entries and ignores what is not stored", async () => {
      const { codes } = select();
      const perLatent = vector(latents, 61);
      const weights = backend().atLatents(codes, backend().tensor(perLatent, [latents]));
      const shifted = backend().binary("add", backend().unary("exp", codes.pre), weights);
      const weight = ({ i }: NaivePair) => perLatent[i] as number;
      const expected = pairs.map((pair) => Math.exp(pair.z) + weight(pair));
      await expectEntries(fixture, shifted, pairs, expected);
      await expectTensor(fixture, backend().sum(shifted), [expected.reduce((sum, v) => sum + v, 0)]);
      await expectTensor(fixture, backend().sum(shifted, 0), byLatent(pairs, expected, latents));
      await expectTensor(fixture, backend().sum(weights, 0), byLatent(pairs, pairs.map(weight), latents));
      const exps = pre.map(Math.exp);
      await expectTensor(fixture, backend().sum(backend().unary("exp", codes.pre), 0), byLatent(pairs, exps, latents));
      const both = pairs.map((pair) => weight(pair) + pair.z);
      const added = backend().binary("add", weights, codes.pre);
      await expectTensor(fixture, backend().sum(added, 0), byLatent(pairs, both, latents));
    });

    it("sums rows by latent into gradients", async () => {
      const { codes } = select();
      const parameter = backend().parameter([latents, outputs], { value: decoder.flat() as never });
      const coefficients = backend().binary("add", codes.pre, 0.5);
      const rows = errors.map((e) => tensorOf(backend(), e));
      backend().update([{ parameter, gradient: { from: [{ coefficients, rows }] } }], gradientOnly);
      const expected = rowSums(
        pairs,
        pre.map((z) => z + 0.5),
        errors,
        latents,
      );
      await expectTensor(fixture, await firstMoment(backend(), parameter), expected);
      backend().dispose(parameter);
    });

    it("counts samples since each latent was last active", async () => {
      const { codes } = select();
      const since = Array.from({ length: latents }, (_, i) => 100 + i);
      const result = backend().fired(backend().unary("relu", codes.pre), backend().tensor(since, [latents]));
      const expected = since.map((n) => n + batch);
      for (const { b, i, z } of pairs) if (z > 0) expected[i] = batch - 1 - b;
      expect([...(await backend().read(result))]).toEqual(expected);
    });
  });

  describe("selection", () => {
    const small = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 8 })).chain(([b, q]) =>
      fc.array(fc.array(fc.integer({ min: -2, max: 3 }), { minLength: q, maxLength: q }), {
        minLength: b,
        maxLength: b,
      }),
    );

    const kinds = ["topK", "signed", "batchTopK", "groupMax"] as const;
    const selectionOf = (kind: (typeof kinds)[number], k: number, latents: number): NaiveSelection["selection"] => {
      if (kind === "batchTopK") return { kind, k };
      if (kind !== "groupMax") return { kind: "topK", k, signed: kind === "signed" };
      const divisors = Array.from({ length: latents }, (_, n) => n + 1).filter((n) => latents % n === 0);
      return { kind, groups: divisors[k % divisors.length] as number };
    };

    it.each(kinds)("breaks ties by the lowest index (%s)", async (kind) => {
      await fc.assert(
        fc.asyncProperty(small, fc.integer({ min: 1, max: 8 }), async (z, most) => {
          const latents = (z[0] as number[]).length;
          const selection = selectionOf(kind, Math.min(most, latents), latents);
          const { codes } = run(backend(), { selection }, tensorOf(backend(), z), identity(backend(), latents));
          const pairs = selected(z, { selection });
          await expectEntries(
            fixture,
            codes.pre,
            pairs,
            pairs.map((pair) => pair.z),
          );
          backend().dispose(codes);
        }),
        { numRuns: 40, seed: 7 },
      );
    });

    it("stores nothing for a row of zeros", async () => {
      const x = backend().tensor([0, 0, 1, 2], [2, 2]);
      const { codes } = backend().select(x, identity(backend(), 2), { kind: "topK", k: 2 });
      expect([...(await backend().readEntries(codes.pre)).offsets]).toEqual([0, 0, 2]);
    });

    it("stores entries of value 0 where they are inside the margin", async () => {
      const x = backend().tensor([0, -1], [1, 2]);
      const { codes } = backend().select(x, identity(backend(), 2), { kind: "threshold", theta: 0.5, margin: 0.75 });
      const inside = backend().binary("add", codes.pre, 1); // visible although the pre-activation is 0
      const { latents, values } = await backend().readEntries(inside);
      expect([[...latents], [...values]]).toEqual([[0], [1]]);
    });

    const beside = [
      { kind: "topK", k: [1, 2] },
      { kind: "groupMax", groups: 2 },
    ] as const;
    const auxiliaries = beside.flatMap((selection) => [0, 1, 3, 8].map((k) => [k, selection.kind, selection] as const));
    it.each(auxiliaries)(
      "selects %i auxiliary latents per row among the marked, beside %s",
      async (k, _, selection) => {
        const [x, encoder] = [matrix(6, 5, 71), matrix(8, 5, 72)];
        const bias = vector(8, 73);
        const among = [1, 0, 1, 1, 0, 0, 1, 1];
        const options: SelectOptions = {
          bias: backend().tensor(bias, [8]),
          auxiliary: { among: backend().tensor(among, [8]), k },
        };
        const { codes, auxiliary } = backend().select(
          tensorOf(backend(), x),
          tensorOf(backend(), encoder),
          selection,
          options,
        );
        const z = preActivations(x, encoder, bias);
        const main = selected(z, { selection });
        await expectEntries(
          fixture,
          codes.pre,
          main,
          main.map((pair) => pair.z),
        );
        const pairs = selectedAmong(z, among, k);
        if (auxiliary === undefined) throw new Error("no auxiliary codes");
        expect(auxiliary.levels).toBe(1);
        await expectEntries(
          fixture,
          auxiliary.pre,
          pairs,
          pairs.map((pair) => pair.z),
        );
        const decoder = matrix(8, 3, 74);
        const sums = backend().decode(auxiliary.pre, tensorOf(backend(), decoder));
        await expectTensor(
          fixture,
          sums[0] as Tensor,
          decoded(
            pairs,
            pairs.map((pair) => pair.z),
            decoder,
            6,
            1,
          )[0] as Matrix,
        );
      },
    );

    it("selects no auxiliary latent when none is marked", async () => {
      const { auxiliary } = backend().select(
        tensorOf(backend(), matrix(3, 2, 1)),
        tensorOf(backend(), matrix(4, 2, 2)),
        { kind: "topK", k: 1 },
        { auxiliary: { among: backend().tensor([0, 0, 0, 0], [4]), k: 2 } },
      );
      if (auxiliary === undefined) throw new Error("no auxiliary codes");
      expect((await backend().readEntries(auxiliary.pre)).values.length).toBe(0);
    });

    it("keeps only active entries in the firing counts", async () => {
      const x = backend().tensor([1, -1, 1, -1, -1, 1], [3, 2]);
      const { codes } = backend().select(x, identity(backend(), 2), { kind: "topK", k: 2, signed: true });
      const active = backend().unary("relu", codes.pre);
      const since = backend().fired(active, backend().tensor([9, 9], [2]));
      expect([...(await backend().read(since))]).toEqual([1, 0]);
      const none = backend().fired(backend().binary("mul", active, 0), since);
      expect([...(await backend().read(none))]).toEqual([4, 3]);
    });

    const withNaN = () => backend().tensor([1, 1, 1, 1, Number.NaN, 1], [3, 2]);
    const withNumbers = [
      { kind: "topK", k: 1 } as const,
      { kind: "batchTopK", k: 1 } as const,
      { kind: "groupMax", groups: 1 } as const,
      { kind: "threshold", theta: 0 } as const,
    ];

    if (fixture.findsNaN) {
      it.each(withNumbers)("names the row of a NaN ($kind)", (selection) => {
        expect(() => backend().select(withNaN(), identity(backend(), 2), selection)).toThrow(
          "select: pre-activations must be numbers, got NaN in row 2",
        );
      });
    } else {
      it.each(withNumbers)("lets a NaN through to the sums ($kind)", async (selection) => {
        const { codes } = backend().select(withNaN(), identity(backend(), 2), selection);
        const [sum] = backend().decode(backend().unary("relu", codes.pre), identity(backend(), 2));
        expect((await backend().read(sum as Tensor)).some(Number.isNaN)).toBe(true);
      });
    }

    it("refuses counts, widths and shapes that do not fit", () => {
      const x = tensorOf(backend(), matrix(3, 2, 1));
      const encoder = tensorOf(backend(), matrix(4, 2, 2));
      const attempt = (selection: Parameters<Backend["select"]>[2], options?: SelectOptions) => () =>
        backend().select(x, encoder, selection, options);
      expect(attempt({ kind: "topK", k: 5 })).toThrow("select: k must be an integer from 1 to 4 latents");
      for (const groups of [0, 1.5, 3, 8, -2, Number.NaN]) {
        expect(attempt({ kind: "groupMax", groups })).toThrow(
          `select: groups must be a whole number that divides 4 latents, got ${groups}; change groups`,
        );
      }
      expect(attempt({ kind: "topK", k: 1.5 })).toThrow("got [1.5]");
      expect(attempt({ kind: "topK", k: [2, 1] })).toThrow("ascending by level, got [2,1]");
      expect(attempt({ kind: "batchTopK", k: 0 })).toThrow("select: k must be a number above 0 and up to 4 latents");
      expect(attempt({ kind: "topK", k: 1 }, { prefixes: [2, 3] })).toThrow(
        "select: prefixes must ascend to 4 latents",
      );
      expect(attempt({ kind: "topK", k: [1, 2] }, { prefixes: [2, 4] })).toThrow("levels come from k or from prefixes");
      expect(attempt({ kind: "topK", k: 1 }, { bias: x })).toThrow("select: bias must have shape [4], got [3,2]");
      expect(() => backend().select(x, x, { kind: "topK", k: 1 })).not.toThrow();
      const wide = tensorOf(backend(), matrix(4, 3, 2));
      expect(() => backend().select(x, wide, { kind: "topK", k: 1 })).toThrow(
        "encoder must have shape [4,2], got [4,3]",
      );
    });

    it("refuses entries of other codes and tensors in their place", () => {
      const x = tensorOf(backend(), matrix(3, 2, 1));
      const one = backend().select(x, x, { kind: "topK", k: 1 }).codes;
      const other = backend().select(x, x, { kind: "topK", k: 1 }).codes;
      expect(() => backend().binary("add", one.pre, other.pre)).toThrow("both entries must be of the same codes");
      expect(() => backend().binary("add", one.pre, x as never)).toThrow("entries need entries or a number");
      expect(() => backend().dot(one, [], x)).toThrow("dot: errors must hold one tensor per level (1), got 0");
      expect(() => backend().decode(one.pre, tensorOf(backend(), matrix(2, 2, 1)))).toThrow(
        "decode: decoder must have shape [3,2], got [2,2]",
      );
    });
  });
}

/** With beta1 = 0 and lr = 0 the first moment after a step is the gradient. */
export const gradientOnly = { t: 1, lr: 0, beta1: 0, beta2: 0.999, epsilon: 1e-8 };

async function firstMoment(backend: Backend, parameter: Parameters<Backend["readState"]>[0]): Promise<Tensor> {
  const { first } = await backend.readState(parameter);
  return backend.tensor(first, parameter.value.shape);
}

function levelsOf({ selection }: NaiveSelection): number {
  return "k" in selection && typeof selection.k !== "number" ? selection.k.length : 1;
}

function run(backend: Backend, { selection, bias, prefixes }: NaiveSelection, x: Tensor, encoder: Tensor): Selected {
  const options: SelectOptions = {
    ...(bias && { bias: backend.tensor(bias, [bias.length]) }),
    ...(prefixes && { prefixes }),
  };
  if (selection.kind !== "threshold") return backend.select(x, encoder, selection, options);
  const theta =
    typeof selection.theta === "number" ? selection.theta : backend.tensor(selection.theta, [selection.theta.length]);
  return backend.select(x, encoder, { ...selection, theta }, options);
}

function identity(backend: Backend, size: number): Tensor {
  return backend.tensor(
    Array.from({ length: size * size }, (_, j) => (j % (size + 1) === 0 ? 1 : 0)),
    [size, size],
  );
}

function byLatent(pairs: readonly NaivePair[], values: readonly number[], latents: number): number[] {
  const out = Array(latents).fill(0) as number[];
  pairs.forEach(({ i }, n) => {
    out[i] = (out[i] as number) + (values[n] as number);
  });
  return out;
}
