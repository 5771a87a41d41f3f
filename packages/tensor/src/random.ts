import { portableLog } from "./random/log.js";
import { philox } from "./random/philox.js";
import { streamKey } from "./random/stream.js";

/** A stream of seeded random numbers; the same numbers on every platform. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal, by the polar method (Marsaglia & Bray 1964). */
  normal(): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /** True with probability p; RangeError for p outside [0, 1]. */
  bernoulli(p: number): boolean;
  /** Uniform integer in [0, n), without bias; RangeError unless n is an integer from 1 to 2^53 - 1. */
  integer(n: number): number;
  /** Random order of 0..n-1 (Fisher-Yates); RangeError unless n is an integer from 0 to 2^31 - 1. */
  permutation(n: number): Int32Array;
}

const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/**
 * An independent, named stream of random numbers: counter-based (Philox4x32-10, Salmon et al. 2011), so that any stream can be
 * opened at any time without drawing the others. Only + - * / and sqrt are used: every engine gives the same bits.
 *
 * @param seed - integer from 0 to 2^53 - 1
 * @param path - names the stream, for example `"coefficients", 17`; strings or safe integers
 * @throws RangeError for a seed or path number out of range
 */
export function random(seed: number, ...path: readonly (string | number)[]): Random {
  const { key0, key1, prefix0, prefix1 } = streamKey("random", seed, path);
  const block = new Int32Array(4);
  let blocks = 0;
  let used = 4;
  let spare = Number.NaN;

  const word = (): number => {
    if (used === 4) {
      philox(blocks, Math.floor(blocks / TWO_32), prefix0, prefix1, key0, key1, block);
      blocks++;
      used = 0;
    }
    return (block[used++] as number) >>> 0;
  };
  const bits53 = (): number => (word() >>> 5) * 0x4000000 + (word() >>> 6);
  const uniform = (): number => bits53() / TWO_53;

  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const result = spare;
      spare = Number.NaN;
      return result;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * portableLog(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  };

  const integer = (n: number): number => {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(`integer: n must be an integer from 1 to 2^53 - 1, got ${n}; pass such an integer`);
    }
    const range = n <= TWO_32 ? TWO_32 : TWO_53;
    const limit = range - (range % n);
    for (;;) {
      const draw = n <= TWO_32 ? word() : bits53();
      if (draw < limit) return draw % n;
    }
  };

  return {
    uniform,
    normal,
    integer,
    exponential: () => -portableLog(1 - uniform()),
    bernoulli: (p) => {
      if (!(p >= 0 && p <= 1)) throw new RangeError(`bernoulli: p must lie in [0, 1], got ${p}; pass a probability`);
      return uniform() < p;
    },
    permutation: (n) => {
      if (!Number.isSafeInteger(n) || n < 0 || n > 0x7fffffff) {
        throw new RangeError(`permutation: n must be an integer from 0 to 2^31 - 1, got ${n}; pass such an integer`);
      }
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        const moved = order[i] as number;
        order[i] = order[j] as number;
        order[j] = moved;
      }
      return order;
    },
  };
}
