import type { Random } from "../../src/random.js";

/** A damaged copy of a file: some of its bits, bytes, numbers or parts are changed, removed or replaced by parts of another file. */
export function mutated(file: Uint8Array, other: Uint8Array, rng: Random): Uint8Array {
  let bytes = new Uint8Array(file);
  for (let left = rng.bernoulli(0.6) ? 1 : 2 + rng.integer(4); left > 0; left--) {
    const mutation = mutations[rng.integer(1 + rng.integer(mutations.length))] as (typeof mutations)[number];
    if (bytes.length > 8) bytes = new Uint8Array(mutation(bytes, other, rng));
  }
  return bytes;
}

/** The first ones are the more likely, since they leave the rest of the file where it was. */
const mutations: readonly ((bytes: Uint8Array, other: Uint8Array, rng: Random) => Uint8Array | number[])[] = [
  // A bit, a byte, a number of the kind that headers have.
  (bytes, _, rng) => setAt(bytes, rng.integer(bytes.length), (byte) => byte ^ (1 << rng.integer(8))),
  (bytes, _, rng) => setAt(bytes, rng.integer(bytes.length), () => rng.integer(256)),
  (bytes, _, rng) => {
    const at = rng.integer(bytes.length - 4);
    new DataView(bytes.buffer).setUint32(at, numbers[rng.integer(numbers.length)] as number, true);
    return bytes;
  },
  // The end is missing; a part is missing, twice there, or comes from elsewhere.
  (bytes, _, rng) => bytes.subarray(0, rng.integer(bytes.length)),
  (bytes, _, rng) => {
    const { start, end } = part(bytes, rng);
    return [...bytes.subarray(0, start), ...bytes.subarray(end)];
  },
  (bytes, _, rng) => {
    const { start, end } = part(bytes, rng);
    return [...bytes.subarray(0, end), ...bytes.subarray(start)];
  },
  (bytes, other, rng) => {
    const { start, end } = part(other, rng);
    const at = rng.integer(bytes.length);
    return [...bytes.subarray(0, at), ...other.subarray(start, end), ...bytes.subarray(at + end - start)];
  },
];

const numbers = [0, 1, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

function setAt(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  bytes[at] = change(bytes[at] as number);
  return bytes;
}

/** A short part of a file. */
function part(bytes: Uint8Array, rng: Random): { readonly start: number; readonly end: number } {
  const start = rng.integer(bytes.length);
  return { start, end: Math.min(bytes.length, start + 1 + rng.integer(64)) };
}
