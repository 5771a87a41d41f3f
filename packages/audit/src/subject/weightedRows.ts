import type { Mat } from "@monosema/numerics";

/** Rows of inputs and targets with their weights: features or samples. */
export interface WeightedRows {
  /** What they are, for people, such as "512 samples". */
  readonly name: string;
  /** As the folded encoder takes them, `[n, ..]`. */
  readonly inputs: Mat;
  /** `[n, nR]`. */
  readonly targets: Mat;
  /** `[n]`. */
  readonly weights: ArrayLike<number>;
}
