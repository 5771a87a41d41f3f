import { type Backend, type Codes, type Entries, random, referenceBackend, type Tensor } from "@monosema/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTier } from "./support/tiers.js";

const sizes = [
  { batch: 100, width: 72, target: 72, latents: 700 },
  { batch: 300, width: 33, target: 50, latents: 600 },
  { batch: 64, width: 17, target: 260, latents: 1000 },
  { batch: 37, width: 20, target: 31, latents: 5000 },
];

/** Half of all pairs are stored: blocks of rows stay in cache, other kernels than for few pairs. */
describe.each([1, 3])("half of all pairs stored, %i thread(s)", (threads) => {
  let simd: Backend;
  const reference = referenceBackend();
  beforeAll(async () => {
    simd = await openTier("float32", threads);
  });
  afterAll(() => simd.close());

  it.each(sizes)("decode, dot, sums, firing and two steps of Adam agree with float64: %o", async (size) => {
    const [ours, exact] = [await step(simd, size), await step(reference, size)];
    expect(ours.pairs).toBe(exact.pairs);
    expect(exact.pairs / (size.batch * size.latents)).toBeGreaterThan(0.4);
    for (const [name, wanted] of Object.entries(exact.numbers)) {
      const found = ours.numbers[name] as ArrayLike<number>;
      const scale = Math.sqrt(wanted.reduce((sum, v) => sum + v * v, 0) / wanted.length);
      const worst = wanted.reduce((most, v, n) => Math.max(most, Math.abs(v - (found[n] as number))), 0);
      // Sums of some hundred float32 products; the second step of Adam divides by roots of them.
      expect(worst / scale, name).toBeLessThan(name.startsWith("after") ? 2e-3 : 2e-5);
    }
  });

  it("gives the same bits at every call", async () => {
    const size = sizes[0] as (typeof sizes)[number];
    const [first, second] = [await step(simd, size), await step(simd, size)];
    expect(second).toEqual(first);
  });
});

async function step(backend: Backend, { batch, width, target, latents }: (typeof sizes)[number]) {
  const stream = random(9, "manyPairs");
  const normal = (rows: number, columns: number) =>
    Float32Array.from({ length: rows * columns }, () => stream.normal());
  const x = backend.tensor(normal(batch, width), [batch, width]);
  const wanted = backend.tensor(normal(batch, target), [batch, target]);
  const encoder = backend.parameter([latents, width], { value: normal(latents, width) });
  const decoder = backend.parameter([latents, target], { value: normal(latents, target) });
  const numbers: Record<string, Float64Array> = {};
  let pairs = 0;
  for (let t = 1; t <= 2; t++) {
    const made = backend.scope(() => {
      const { codes } = backend.select(x, encoder.value, { kind: "threshold", theta: 0 });
      const output = backend.decode(codes.pre, decoder.value)[0] as Tensor;
      const error = backend.binary("mul", backend.binary("sub", output, wanted), 2 / batch);
      const delta = backend.dot(codes, [error], decoder.value);
      const sums = backend.sum(delta, 0);
      const fired = backend.fired(codes.pre, backend.tensor(new Float32Array(latents), [latents]));
      const encoderGradient = { from: [{ coefficients: delta, rows: x }], scale: 0.01 };
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
  backend.dispose(x, wanted, encoder, decoder);
  return { pairs, numbers };
}
