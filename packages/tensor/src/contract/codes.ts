import type { Backend, Tensor } from "../backend.js";
import { expectEntries, expectTensor, type Fixture, selectNaive, tensorOf } from "./fixture.js";
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

/** Everything that works on the pairs of a selection. */
export function codesContract(fixture: Fixture): void {
  for (const one of cases) fixture.test.describe(`codes of ${one.title}`, () => codesOf(fixture, one));
}

function codesOf(fixture: Fixture, one: Case): void {
  const { backend, test } = fixture;
  const { it, expect } = test;
  const [batch, width, latents, outputs] = one.sizes;
  const x = matrix(batch, width, 41).map((row, b) => (b === 2 ? row.map(() => 0) : row));
  const encoder = matrix(latents, width, 42);
  const decoder = matrix(latents, outputs, 43);
  const pairs = selected(preActivations(x, encoder, one.bias), one);
  const pre = pairs.map(({ z }) => z);
  const levels = one.prefixes?.length ?? levelsOf(one);
  const errors = Array.from({ length: levels }, (_, l) => matrix(batch, outputs, 50 + l));
  const select = () => selectNaive(backend(), one, tensorOf(backend(), x), tensorOf(backend(), encoder));

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

function byLatent(pairs: readonly NaivePair[], values: readonly number[], latents: number): number[] {
  const out = Array(latents).fill(0) as number[];
  pairs.forEach(({ i }, n) => {
    out[i] = (out[i] as number) + (values[n] as number);
  });
  return out;
}
