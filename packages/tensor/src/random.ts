/** A stream of seeded random numbers; the same numbers on every platform. Helper to be implemented. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /** True with probability p. */
  bernoulli(p: number): boolean;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Random order of 0..n-1. */
  permutation(n: number): Int32Array;
}
