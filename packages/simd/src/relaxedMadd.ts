import { freshModule, trialCalls } from "./trials.js";

/** What `f32x4.relaxed_madd` does here: round once, round twice, or now this and now that, as the compilers of the engine choose. */
export type RelaxedMadd = "fused" | "separate" | "changing";

/** Vectors of a call. */
const vectors = 128;
/** Unlike the numbers of the modules that `relaxedDot` makes. */
const moduleNumber = 100;

/** Tries the instruction out on products that are not float32 numbers, from the first call of a fresh instance on. */
export function relaxedMadd(kernels: Uint8Array): RelaxedMadd {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const { madds } = new WebAssembly.Instance(freshModule(kernels, moduleNumber), { env: { memory } }).exports as {
    madds: (a: number, b: number, c: number, out: number, count: number) => void;
  };
  const pointers = [0, 1, 2, 3].map((i) => 65_536 + 16 * vectors * i) as [number, number, number, number];
  const [a, b, c, out] = pointers.map((pointer) => new Float32Array(memory.buffer, pointer, 4 * vectors)) as [
    ...[Float32Array, Float32Array, Float32Array, Float32Array],
  ];
  const rest = new Float32Array(4 * vectors);
  for (let i = 0; i < rest.length; i++) {
    const [x, y] = [1 + (2 * i + 1) * 2 ** -12, 1 + (4 * i + 3) * 2 ** -12]; // the product ends at 2^-24, beyond float32
    a[i] = x;
    b[i] = i % 2 === 0 ? y : -y;
    c[i] = -Math.fround(x * (b[i] as number));
    rest[i] = x * (b[i] as number) + (c[i] as number); // what one rounding leaves; two leave 0
  }
  const seen = { fused: true, separate: true };
  for (const looks of trialCalls()) {
    madds(...pointers, vectors);
    if (!looks) continue;
    seen.fused &&= out.every((v, i) => v === rest[i]);
    seen.separate &&= out.every((v) => v === 0);
    out.fill(1);
  }
  return seen.fused ? "fused" : seen.separate ? "separate" : "changing";
}
