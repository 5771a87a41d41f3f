import type { Codes, Selection, SelectOptions, Update } from "../backend.js";
import { type Fixture, tensorOf } from "./fixture.js";
import { type Matrix, matrix } from "./naive.js";
import { trainStep } from "./update.js";

/** What lives how long. */
export function lifetimeContract({ backend, test }: Fixture): void {
  const { describe, it, expect } = test;
  const parameterOf = (w: Matrix) =>
    backend().parameter([w.length, (w[0] as number[]).length], { value: Float64Array.from(w.flat()) });

  describe("lifetimes", () => {
    it("frees in a scope all but what its result reaches", async () => {
      const before = backend().liveTensors();
      const kept = backend().scope(() => {
        const t = backend().tensor([1, 2], [2]);
        return { list: [backend().binary("add", t, 1)], number: 3 };
      });
      const [t] = kept.list;
      if (t === undefined) throw new Error("nothing was kept");
      expect([...(await backend().read(t))]).toEqual([2, 3]);
      backend().dispose(t);
      backend().dispose(t);
      expect(backend().liveTensors()).toBe(before);
    });

    it("hands results of an inner scope to the outer one", () => {
      const before = backend().liveTensors();
      backend().scope(() => {
        backend().scope(() => backend().tensor([1], []));
      });
      expect(backend().liveTensors()).toBe(before);
    });

    it("keeps parameters that are made in a scope", async () => {
      const before = backend().liveTensors();
      const p = backend().scope(() => {
        const made = parameterOf([[1, 2]]);
        expect(made.value.shape).toEqual([1, 2]);
        return [made];
      })[0];
      if (p === undefined) throw new Error("nothing was kept");
      expect([...(await backend().read(p.value))]).toEqual([1, 2]);
      backend().dispose(p);
      expect(backend().liveTensors()).toBe(before);
    });

    it("frees a scope that throws", () => {
      const before = backend().liveTensors();
      const fail = () =>
        backend().scope(() => {
          backend().tensor([1], []);
          throw new RangeError("on purpose");
        });
      expect(fail).toThrow("on purpose");
      expect(backend().liveTensors()).toBe(before);
    });

    it("refuses a scope that returns a promise", () => {
      expect(() => backend().scope(async () => {})).toThrow("scope: the body must be synchronous");
    });

    it("names the call that was given something freed or foreign", () => {
      const t = tensorOf(backend(), matrix(2, 2, 1));
      const { codes } = backend().select(t, t, { kind: "topK", k: 1 });
      const p = parameterOf(matrix(2, 2, 1));
      backend().dispose(t, codes, p);
      expect(() => backend().unary("relu", t)).toThrow(/^unary: a must be a live value.*got a freed/);
      expect(() => backend().sum(codes.pre)).toThrow(/^sum: a must be a live value.*got a freed/);
      const input = tensorOf(backend(), matrix(3, 2, 1));
      const bias = backend().tensor([0, 0, 0], [3]);
      backend().dispose(bias);
      expect(() => backend().select(input, input, { kind: "topK", k: 1 }, { bias })).toThrow(
        /^select: bias must be a live value/,
      );
      expect(() =>
        backend().select(input, input, { kind: "topK", k: 1 }, { auxiliary: { among: bias, k: 1 } }),
      ).toThrow(/^select: auxiliary.among must be a live value/);
      const above = { kind: "threshold", theta: bias } as const;
      expect(() => backend().select(input, input, above)).toThrow(/^select: theta must be a live value/);
      expect(() => backend().rowNorms({ shape: [2, 2] })).toThrow(/^rowNorms: rows must be a live value.*foreign/);
      const q = parameterOf(matrix(2, 2, 1));
      const step = { t: 1, lr: 0.1, beta1: 0, beta2: 0, epsilon: 1 };
      expect(() => backend().update([{ parameter: q, gradient: t }], step)).toThrow(
        /^update: gradient must be a live value/,
      );
      expect(() => backend().update([{ parameter: p, gradient: input }], step)).toThrow(
        /^update: parameter must be a live/,
      );
      backend().dispose(q);
    });

    it("refuses every argument of every method that is freed, and changes nothing", async () => {
      const [t, vector] = [tensorOf(backend(), matrix(3, 3, 1)), tensorOf(backend(), [[1, 2, 3]])];
      const row = backend().reshape(vector, [3]);
      const { codes } = backend().select(t, t, { kind: "topK", k: 1 });
      const p = parameterOf(matrix(3, 3, 1));
      const gone = {
        t: tensorOf(backend(), matrix(3, 3, 1)),
        row: backend().reshape(vector, [3]),
        p: parameterOf([[1]]),
      };
      const { codes: goneCodes } = backend().select(t, t, { kind: "topK", k: 1 });
      backend().dispose(gone.t, gone.row, gone.p, goneCodes);
      const step = { t: 1, lr: 0.1, beta1: 0.9, beta2: 0.9, epsilon: 1 };
      const update = (gradient: Update["gradient"]) => () => backend().update([{ parameter: p, gradient }], step);
      const source = { coefficients: codes.pre, rows: t };
      const calls: readonly (readonly [string, () => unknown])[] = [
        ["matMul: a", () => backend().matMul(gone.t, t)],
        ["matMul: b", () => backend().matMul(t, gone.t)],
        ["unary: a", () => backend().unary("exp", gone.t)],
        ["unary: a", () => backend().unary("exp", goneCodes.pre)],
        ["binary: a", () => backend().binary("add", gone.t, 1)],
        ["binary: b", () => backend().binary("add", t, gone.t)],
        ["binary: b", () => backend().binary("add", codes.pre, goneCodes.pre)],
        ["sum: a", () => backend().sum(gone.t)],
        ["rowNorms: rows", () => backend().rowNorms(gone.t)],
        ["rows: t", () => backend().rows(gone.t, 0, 1)],
        ["reshape: t", () => backend().reshape(gone.t, [9])],
        ["select: x", () => backend().select(gone.t, t, { kind: "topK", k: 1 })],
        ["select: encoder", () => backend().select(t, gone.t, { kind: "topK", k: 1 })],
        ["atLatents: codes", () => backend().atLatents(goneCodes, row)],
        ["atLatents: perLatent", () => backend().atLatents(codes, gone.row)],
        ["decode: values", () => backend().decode(goneCodes.pre, t)],
        ["decode: decoder", () => backend().decode(codes.pre, gone.t)],
        ["dot: codes", () => backend().dot(goneCodes, [t], t)],
        ["dot: errors", () => backend().dot(codes, [gone.t], t)],
        ["dot: decoder", () => backend().dot(codes, [t], gone.t)],
        ["fired: active", () => backend().fired(goneCodes.pre, row)],
        ["fired: samplesSince", () => backend().fired(codes.pre, gone.row)],
        ["update: parameter", () => backend().update([{ parameter: gone.p, gradient: t }], step)],
        ["update: gradient", update(gone.t)],
        ["update: coefficients", update({ from: [source, { ...source, coefficients: goneCodes.pre }] })],
        ["update: rows", update({ from: [source, { ...source, rows: gone.t }] })],
        ["update: rows", update({ from: [source, { ...source, rows: [gone.t] }] })],
        ["update: scale", update({ from: [source], scale: gone.row })],
        ["update: anchors.rows", update({ from: [source], anchors: { rows: gone.t, strength: 1 } })],
        ["setRows: parameter", () => backend().setRows(gone.p, Int32Array.of(0), vector)],
        ["setRows: rows", () => backend().setRows(p, Int32Array.of(0, 1, 2), gone.t)],
      ];
      const state = async () => {
        const numbers = [...(await backend().read(p.value))]; // first: a backend may keep what it has read
        return { numbers, live: backend().liveTensors() };
      };
      const before = await state();
      for (const [what, call] of calls) expect(call, what).toThrow(`${what} must be a live value of this backend`);
      await expect(backend().read(gone.t)).rejects.toThrow("read: t must be a live value");
      await expect(backend().readEntries(goneCodes.pre)).rejects.toThrow("readEntries: entries must be a live value");
      await expect(backend().readState(gone.p)).rejects.toThrow("readState: p must be a live value");
      expect(await state()).toEqual(before);
      backend().dispose(t, vector, row, codes, p);
    });

    const x = matrix(6, 4, 1);
    const w = matrix(5, 4, 2);
    const selections: [string, Selection, SelectOptions["prefixes"]?][] = [
      ["topK", { kind: "topK", k: 2 }],
      ["levels by rank", { kind: "topK", k: [1, 2] }],
      ["prefixes", { kind: "batchTopK", k: 2 }, [2, 5]],
      ["groupMax", { kind: "groupMax", groups: 5 }],
      ["groupMax in prefixes", { kind: "groupMax", groups: 1 }, [2, 5]],
      ["threshold", { kind: "threshold", theta: 0, margin: 0.1 }],
    ];

    for (const [title, selection, prefixes] of selections)
      it(`frees codes with everything that was made of them (${title})`, async () => {
        const inputs = [tensorOf(backend(), x), tensorOf(backend(), w)] as const;
        const among = backend().tensor([1, 1, 0, 0, 1], [5]);
        const perLatent = backend().tensor([1, 2, 3, 4, 5], [5]);
        const before = backend().liveTensors();
        const use = (codes: Codes): void => {
          const entries = backend().binary("add", backend().atLatents(codes, perLatent), codes.pre);
          const sums = backend().decode(entries, inputs[1]);
          backend().dispose(
            ...sums,
            backend().sum(backend().dot(codes, sums, inputs[1]), 0),
            backend().fired(entries, perLatent),
          );
        };
        const options: SelectOptions = { auxiliary: { among, k: 1 }, ...(prefixes && { prefixes }) };
        const selected = backend().select(...inputs, selection, options);
        use(selected.codes);
        if (selected.auxiliary) use(selected.auxiliary);
        await backend().readEntries(selected.codes.pre);
        for (const item of [selected.codes, selected.auxiliary, selected.smallest]) if (item) backend().dispose(item);
        expect(backend().liveTensors()).toBe(before);
        backend().scope(() => use(backend().select(...inputs, selection, options).codes));
        expect(backend().liveTensors()).toBe(before);
        backend().dispose(...inputs, among, perLatent);
      });

    it("keeps entries that leave a scope usable, with their codes", async () => {
      const before = backend().liveTensors();
      const entries = backend().scope(() => {
        const { codes } = backend().select(tensorOf(backend(), x), tensorOf(backend(), w), { kind: "topK", k: 1 });
        backend().unary("exp", codes.pre);
        return backend().binary("add", codes.pre, 1);
      });
      expect((await backend().readEntries(entries)).values.length).toBeGreaterThanOrEqual(1);
      backend().dispose(entries.of);
      expect(backend().liveTensors()).toBe(before);
    });

    it("holds as many tensors after 200 updates as before", () => {
      const [encoder, decoder] = [parameterOf(w), parameterOf(w)];
      trainStep(backend(), encoder, decoder, x, 1);
      const before = backend().liveTensors();
      for (let t = 2; t <= 201; t++) trainStep(backend(), encoder, decoder, x, t);
      backend().setRows(
        encoder,
        Int32Array.of(1),
        backend().scope(() => tensorOf(backend(), matrix(1, 4, 3))),
      );
      expect(backend().liveTensors()).toBe(before + 1);
      backend().dispose(encoder, decoder);
    });
  });
}
