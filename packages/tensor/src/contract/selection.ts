import type { Backend, SelectOptions, Tensor } from "../backend.js";
import { expectPairs, expectTensor, type Fixture, selectNaive, tensorOf } from "./fixture.js";
import {
  decoded,
  type Matrix,
  matrix,
  type NaiveSelection,
  numbers,
  preActivations,
  selected,
  selectedAmong,
  vector,
} from "./naive.js";

/** Which pairs a selection stores. */
export function selectionContract(fixture: Fixture): void {
  const { backend, test } = fixture;
  const { describe, it, expect } = test;
  const identity = (size: number): Tensor =>
    backend().tensor(
      Array.from({ length: size * size }, (_, j) => (j % (size + 1) === 0 ? 1 : 0)),
      [size, size],
    );

  describe("selection", () => {
    const kinds = ["topK", "signed", "batchTopK", "groupMax"] as const;
    const selectionOf = (kind: (typeof kinds)[number], k: number, latents: number): NaiveSelection["selection"] => {
      if (kind === "batchTopK") return { kind, k };
      if (kind !== "groupMax") return { kind: "topK", k, signed: kind === "signed" };
      const divisors = Array.from({ length: latents }, (_, n) => n + 1).filter((n) => latents % n === 0);
      return { kind, groups: divisors[k % divisors.length] as number };
    };

    for (const kind of kinds)
      it(`breaks ties by the lowest index (${kind})`, async () => {
        const next = numbers(7);
        const whole = (low: number, high: number) => low + Math.floor(((next() + 1) / 2) * (high - low + 1));
        for (let round = 0; round < 60; round++) {
          const [batch, latents] = [whole(1, 5), whole(1, 8)];
          const z = Array.from({ length: batch }, () => Array.from({ length: latents }, () => whole(-2, 3)));
          const selection = selectionOf(kind, whole(1, latents), latents);
          const { codes } = selectNaive(backend(), { selection }, tensorOf(backend(), z), identity(latents));
          const pairs = selected(z, { selection });
          await expectPairs(fixture, codes, pairs);
          backend().dispose(codes);
        }
      });

    it("stores nothing for a row of zeros", async () => {
      const x = backend().tensor([0, 0, 1, 2], [2, 2]);
      const { codes } = backend().select(x, identity(2), { kind: "topK", k: 2 });
      expect([...(await backend().readEntries(codes.pre)).offsets]).toEqual([0, 0, 2]);
    });

    it("stores entries of value 0 where they are inside the margin", async () => {
      const x = backend().tensor([0, -1], [1, 2]);
      const { codes } = backend().select(x, identity(2), { kind: "threshold", theta: 0.5, margin: 0.75 });
      const inside = backend().binary("add", codes.pre, 1); // visible although the pre-activation is 0
      const { latents, values } = await backend().readEntries(inside);
      expect([[...latents], [...values]]).toEqual([[0], [1]]);
    });

    const beside = [
      { kind: "topK", k: [1, 2] },
      { kind: "groupMax", groups: 2 },
    ] as const;
    const auxiliaries = beside.flatMap((selection) => [0, 1, 3, 8].map((k) => [k, selection.kind, selection] as const));
    for (const [k, kind, selection] of auxiliaries)
      it(`selects ${k} auxiliary latents per row among the marked, beside ${kind}`, async () => {
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
        await expectPairs(fixture, codes, main);
        const pairs = selectedAmong(z, among, k);
        if (auxiliary === undefined) throw new Error("no auxiliary codes");
        expect(auxiliary.levels).toBe(1);
        await expectPairs(fixture, auxiliary, pairs);
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
      });

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
      const { codes } = backend().select(x, identity(2), { kind: "topK", k: 2, signed: true });
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
      for (const selection of withNumbers)
        it(`names the row of a NaN (${selection.kind})`, () => {
          expect(() => backend().select(withNaN(), identity(2), selection)).toThrow(
            "select: pre-activations must be numbers, got NaN in row 2",
          );
        });
    } else {
      for (const selection of withNumbers)
        it(`lets a NaN through to the sums (${selection.kind})`, async () => {
          const { codes } = backend().select(withNaN(), identity(2), selection);
          const [sum] = backend().decode(backend().unary("relu", codes.pre), identity(2));
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
