import type { Codes, Entries, Parameter, Tensor } from "../backend.js";
import type { Pairs } from "../selection.js";

/** A tensor of the reference backend. */
export interface Dense extends Tensor {
  /** The numbers, row-major; never changed after the tensor is returned. */
  readonly data: Float64Array;
}

/** Codes of the reference backend. */
export interface RowCodes extends Codes {
  /** The stored pairs. */
  readonly pairs: Pairs;
  readonly pre: RowEntries;
}

/** Entries of the reference backend: a number per stored pair. */
export interface RowEntries extends Entries {
  readonly of: RowCodes;
  /** The numbers, in the order of the pairs. */
  readonly data: Float64Array;
}

/** A parameter of the reference backend. */
export interface DenseParameter extends Parameter {
  value: Dense;
  /** First moment. */
  readonly first: Float64Array;
  /** Second moment. */
  readonly second: Float64Array;
}

/** Calls `visit` with the number, sample and latent of every stored pair. */
export function eachPair(codes: RowCodes, visit: (pair: number, sample: number, latent: number) => void): void {
  const { offsets, latents } = codes.pairs;
  for (let b = 0; b < codes.batch; b++) {
    const end = offsets[b + 1] as number;
    for (let n = offsets[b] as number; n < end; n++) visit(n, b, latents[n] as number);
  }
}
