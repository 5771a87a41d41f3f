import type { Backend, Codes, Entries, RowAnchors, Tensor } from "@monosema/tensor";
import type { Parameters } from "../parameters.js";
import type { SdlSpec } from "../spec.js";

/** What a loss term sees of a training step; everything is on the backend and freed after the step. */
export interface TermContext {
  /** The kernels. */
  readonly backend: Backend;
  /** The objective. */
  readonly spec: SdlSpec;
  /** Present parameters. */
  readonly parameters: Parameters;
  /** Samples B. */
  readonly batch: number;
  /** c: 2/B for the reduction `sum`, 2/(B R) for `mean`; the gradient of the reconstruction is c times the error. */
  readonly scale: number;
  /** The stored pairs. */
  readonly codes: Codes;
  /** f at the stored pairs. */
  readonly activations: Entries;
  /** Stored pairs of dead latents, where AuxK is on. */
  readonly auxiliary?: Codes;
  /** 1 for dead latents `[Q]`, where AuxK is on. */
  readonly dead?: Tensor;
  /** Encoder input `[B, P]`, b_dec subtracted where the spec says so. */
  readonly input: Tensor;
  /** x_r `[B, R]`. */
  readonly target: Tensor;
  /** x_hat `[B, R]`, of the last level. */
  readonly reconstruction: Tensor;
  /** x_hat without any decoded latent: b_dec and skip, `[B, R]` or `[R]`; absent where both are. */
  readonly base?: Tensor;
  /** Step t, from 1. */
  readonly step: number;
  /** Planned steps T. */
  readonly steps: number;
  /** Factor of sparsity coefficients in this step, 0 to 1. */
  readonly ramp: number;
}

/** A loss term of a run; built from plain options, opened on a backend. */
export interface Term {
  /** Key in the report's `terms`. */
  readonly name: string;
  /** Value and gradient in one step. */
  contribute(context: TermContext): Contribution;
  /** Frees what the term holds on the backend. */
  dispose?(): void;
}

/** What a term adds to a step; every gradient is complete, coefficient included. */
export interface Contribution {
  /** The term's value, a scalar; called at reports only, in the same scope. */
  readonly value: () => Tensor;
  /** dL/df at the stored pairs; goes on through the activation. */
  readonly activations?: Entries;
  /** dL/dz at the stored pairs of any codes; goes to encoder and b_enc directly. */
  readonly preActivations?: Entries;
  /** dL/d theta `[Q]` beside what comes through f. */
  readonly theta?: Tensor;
  /** Gradient on encoder rows. */
  readonly encoder?: RowPart;
  /** Gradient on decoder rows. */
  readonly decoder?: RowPart;
}

/** A term's part of a row gradient; see RowGradient in the tensor package. */
export interface RowPart {
  /** Sparse source: row i gets sum_b c_bi y_b. */
  readonly from?: TermRowSource;
  /** Factor of the row itself: a number, `[Q]`, or `[Q, m]` with `blocks`. */
  readonly scale?: number | Tensor;
  /** Column blocks of a `[Q, m]` scale. */
  readonly blocks?: readonly number[];
  /** Anchors of the first rows. */
  readonly anchors?: RowAnchors;
}

/** A sparse source of a {@link RowPart}. */
export interface TermRowSource {
  /** c at the stored pairs of any codes. */
  readonly coefficients: Entries;
  /** y `[B, D]`. */
  readonly rows: Tensor;
}
