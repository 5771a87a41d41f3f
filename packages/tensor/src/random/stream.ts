import { philox } from "./philox.js";

/** Key and counter prefix of one stream: the seed is the key, the hash of the path the upper half of the counter. */
export interface StreamKey {
  /** Lower 32 bits of the seed. */
  readonly key0: number;
  /** Upper 21 bits of the seed. */
  readonly key1: number;
  /** Third counter word. */
  readonly prefix0: number;
  /** Fourth counter word. */
  readonly prefix1: number;
}

const TWO_32 = 2 ** 32;
const NUMBER_TAG = 1;
const STRING_TAG = 2;

/**
 * The stream of a seed and a path. Different seeds give different keys; different paths give different prefixes up to the
 * collisions of a 64-bit hash.
 *
 * @throws RangeError for a seed outside 0 to 2^53 - 1 or a path number that is not a safe integer
 */
export function streamKey(caller: string, seed: number, path: readonly (string | number)[]): StreamKey {
  const { key0, key1, state } = absorbPath(caller, seed, path);
  return { key0, key1, prefix0: state[0] as number, prefix1: state[1] as number };
}

/**
 * The streams `random(seed, ...path, index)` of all indices, for code that opens one for each of many indices: the path is hashed
 * once, and the words of a stream are `philox(block, 0, prefix0, prefix1, key0, key1)`, block = 0, 1, ...
 *
 * @returns the key of an index, a safe integer
 * @throws RangeError as `random`
 */
export function streamKeys(seed: number, ...path: readonly (string | number)[]): (index: number) => StreamKey {
  const { key0, key1, state } = absorbPath("streamKeys", seed, path);
  return (index) => {
    const own = state.slice();
    absorbNumber("streamKeys", own, index, key0, key1);
    return { key0, key1, prefix0: own[0] as number, prefix1: own[1] as number };
  };
}

/** The key of a seed and the hash of a path, `[4]` words. */
function absorbPath(
  caller: string,
  seed: number,
  path: readonly (string | number)[],
): { key0: number; key1: number; state: Int32Array } {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`${caller}: seed must be an integer from 0 to 2^53 - 1, got ${seed}; pass such an integer`);
  }
  const key0 = seed | 0;
  const key1 = Math.floor(seed / TWO_32) | 0;
  const state = new Int32Array(4);
  for (const part of path) {
    if (typeof part === "string") absorbString(state, part, key0, key1);
    else absorbNumber(caller, state, part, key0, key1);
  }
  return { key0, key1, state };
}

function absorbNumber(caller: string, state: Int32Array, value: number, key0: number, key1: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`${caller}: path numbers must be safe integers, got ${value}; pass an integer or a string`);
  }
  absorb(state, value | 0, Math.floor(value / TWO_32) | 0, NUMBER_TAG, key0, key1);
}

function absorbString(state: Int32Array, value: string, key0: number, key1: number): void {
  absorb(state, value.length, 0, STRING_TAG, key0, key1);
  for (let i = 0; i < value.length; i += 4)
    absorb(state, twoUnits(value, i), twoUnits(value, i + 2), STRING_TAG, key0, key1);
}

/** Two UTF-16 units as one word; 0 past the end, which the absorbed length tells apart from a NUL. */
function twoUnits(value: string, at: number): number {
  const first = at < value.length ? value.charCodeAt(at) : 0;
  const second = at + 1 < value.length ? value.charCodeAt(at + 1) : 0;
  return first | (second << 16);
}

/** Chains one block: the output becomes the next state. */
function absorb(state: Int32Array, word0: number, word1: number, tag: number, key0: number, key1: number): void {
  const s0 = (state[0] as number) ^ word0;
  const s1 = (state[1] as number) ^ word1;
  philox(s0, s1, (state[2] as number) ^ tag, state[3] as number, key0, key1, state);
}
