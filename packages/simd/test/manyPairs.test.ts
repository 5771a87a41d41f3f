import { type Backend, type Codes, type Entries, random, referenceBackend, type Tensor } from "@monosema/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTier } from "./support/tiers.js";

/** Sizes, and the share of all pairs that is stored. */
const cases = [
  { batch: 100, width: 72, target: 72, latents: 700, density: 0.5 },
  { batch: 300, width: 33, target: 50, latents: 600, density: 0.5 },
  { batch: 64, width: 17, target: 260, latents: 1000, density: 0.5 },
  { batch: 37, width: 20, target: 31, latents: 5000, density: 0.5 },
  { batch: 100, width: 72, target: 72, latents: 700, density: 0.01 },
  { batch: 100, width: 72, target: 72, latents: 700, density: 0.1 },
  { batch: 100, width: 72, target: 72, latents: 700, density: 1 },
  { batch: 1, width: 72, target: 33, latents: 700, density: 1 },
];
/** Standard deviations above which lies such a share of a normal distribution. */
const quantiles: Readonly<Record<number, number>> = { 0.01: 2.326, 0.1: 1.282, 0.5: 0, 1: -10 };

/** Where many pairs are stored, blocks of rows stay in cache: other kernels than for few pairs. */
describe.each([1, 3])("pairs by thresholds, %i thread(s)", (threads) => {
  let simd: Backend;
  const reference = referenceBackend();
  beforeAll(async () => {
    simd = await openTier("float32", threads);
  });
  afterAll(() => simd.close());

  it.each(cases)("decode, dot, sums, firing and two steps of Adam agree with float64: %o", async (one) => {
    const [ours, exact] = [await step(simd, one), await step(reference, one)];
    expect(ours.pairs).toBe(exact.pairs);
    expect(exact.pairs / (one.batch * one.latents) / one.density).toBeCloseTo(1, 0);
    for (const [name, wanted] of Object.entries(exact.numbers)) {
      const found = ours.numbers[name] as ArrayLike<number>;
      const scale = Math.sqrt(wanted.reduce((sum, v) => sum + v * v, 0) / wanted.length);
      const worst = wanted.reduce((most, v, n) => Math.max(most, Math.abs(v - (found[n] as number))), 0);
      // Sums of some hundred float32 products; the second step of Adam divides by roots of them.
      expect(worst, name).toBeLessThanOrEqual((name.startsWith("after") ? 2e-3 : 2e-5) * scale);
    }
  });

  it("gives the same bits at every call", async () => {
    const one = cases[0] as Case;
    const [first, second] = [await step(simd, one), await step(simd, one)];
    expect(second).toEqual(first);
  });
});

type Case = (typeof cases)[number];

async function step(backend: Backend, { batch, width, target, latents, density }: Case) {
  const stream = random(9, "manyPairs");
  const normal = (rows: number, columns: number) =>
    Float32Array.from({ length: rows * columns }, () => stream.normal());
  const x = backend.tensor(normal(batch, width), [batch, width]);
  const wanted = backend.tensor(normal(batch, target), [batch, target]);
  const encoder = backend.parameter([latents, width], { value: normal(latents, width) });
  const decoder = backend.parameter([latents, target], { value: normal(latents, target) });
  const numbers: Record<string, Float64Array> = {};
  const theta = (quantiles[density] as number) * Math.sqrt(width);
  const anchors = { rows: backend.tensor(normal(5, width), [5, width]), strength: 0.1 };
  let pairs = 0;
  for (let t = 1; t <= 2; t++) {
    const made = backend.scope(() => {
      const { codes } = backend.select(x, encoder.value, { kind: "threshold", theta });
      const output = backend.decode(codes.pre, decoder.value)[0] as Tensor;
      const error = backend.binary("mul", backend.binary("sub", output, wanted), 2 / batch);
      const delta = backend.dot(codes, [error], decoder.value);
      const sums = backend.sum(delta, 0);
      const fired = backend.fired(codes.pre, backend.tensor(new Float32Array(latents), [latents]));
      const encoderGradient = { from: [{ coefficients: delta, rows: x }], scale: 0.01, anchors };
      const decoderGradient = { from: [{ coefficients: codes.pre, rows: [error] }] };
      const norm = backend.update(
        [
          { parameter: encoder, gradient: encoderGradient },
          { parameter: decoder, gradient: decoderGradient, unitRows: t === 2 },
        ],
        { t, lr: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, norm: true, clip: 1 },
      ) as Tensor;
      return { codes, output, delta, sums, fired, norm } satisfies Record<string, Tensor | Codes | Entries>;
    });
    if (t === 1) {
      for (const name of ["output", "sums", "fired", "norm"] as const)
        numbers[name] = Float64Array.from(await backend.read(made[name]));
      numbers.pre = Float64Array.from((await backend.readEntries(made.codes.pre)).values);
      numbers.delta = Float64Array.from((await backend.readEntries(made.delta)).values);
      numbers.first = Float64Array.from((await backend.readState(encoder)).first);
      pairs = numbers.pre.length;
    }
    backend.dispose(...Object.values(made));
  }
  numbers.afterEncoder = Float64Array.from((await backend.readState(encoder)).value);
  numbers.afterDecoder = Float64Array.from((await backend.readState(decoder)).value);
  backend.dispose(x, wanted, encoder, decoder, anchors.rows);
  return { pairs, numbers };
}
