import type { Tensor } from "@tensorflow/tfjs-core";
import type { Codes, Entries, SparseRows, Tensor as Value } from "../backend.js";

/** Codes of the tfjs backend, dense or as a list of pairs. */
export interface TfCodes extends Codes {
  readonly pre: TfEntries;
  /** Operations on this representation. */
  readonly kernels: CodeKernels;
}

/** Entries of the tfjs backend. */
export interface TfEntries extends Entries {
  readonly of: TfCodes;
  /** The numbers, in a layout that the codes know. */
  readonly t: Tensor;
  /** Whether `t` is 0 wherever no pair is stored; else consumers mask it. */
  readonly clean: boolean;
}

/** What a representation of codes does; inputs are masked where needed, results are temporaries of the caller. */
export interface CodeKernels {
  /** Value of each latent `[Q]` at the pairs; not clean. */
  atLatents(perLatent: Tensor): Tensor;
  /** The numbers with 0 wherever no pair is stored. */
  masked(entries: TfEntries): Tensor;
  /** `[B, R]` of each level. */
  decode(values: TfEntries, decoder: Tensor): Tensor[];
  /** <error of the level, decoder row>; not clean. */
  dot(errors: readonly Tensor[], decoder: Tensor): Tensor;
  /** Sum over the pairs of value times the sample's row, by latent: `[Q, D]`. */
  rowSums(values: TfEntries, rows: readonly Tensor[]): Tensor;
  /** Sum by latent, `[Q]`. */
  sumByLatent(values: TfEntries): Tensor;
  /** 1 + the last sample in which each latent is not 0, `[Q]`; 0 where it never is. */
  lastActive(values: TfEntries): Tensor;
  /** The nonzero entries on the host. */
  read(values: TfEntries): Promise<SparseRows>;
  /** Frees masks and gathered rows. */
  free(): void;
}

/** A tensor of this backend. */
export const tensorOf = (t: Value): Tensor => t as Tensor;
/** Codes of this backend. */
export const codesOf = (codes: Codes): TfCodes => codes as TfCodes;
/** Entries of this backend. */
export const entriesOf = (entries: Entries): TfEntries => entries as TfEntries;
