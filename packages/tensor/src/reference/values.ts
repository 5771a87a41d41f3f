import type { Codes, Entries, Parameter, Tensor } from "../backend.js";
import type { PairRows } from "../pairKernels.js";

/** A tensor of the reference backend. */
export interface Dense extends Tensor {
  /** The numbers, row-major; never changed after the tensor is returned. */
  readonly data: Float64Array;
}

/** Codes of the reference backend. */
export interface RowCodes extends Codes, PairRows {
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

/** The numbers of a tensor or of entries. */
export const dataOf = (item: Tensor | Entries): Float64Array => (item as Dense | RowEntries).data;
