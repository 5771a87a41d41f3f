/**
 * A tensor on a backend: opaque and immutable. Row-major, rank 0 to 2.
 */
export interface Tensor {
  /** Sizes of the axes; `[]` is a scalar. */
  readonly shape: readonly number[];
}

/** A trained tensor with its Adam moments; changed in place by {@link Backend.update} and {@link Backend.setRows} only. */
export interface Parameter {
  /** The present value; a tensor that stays valid until the next `update` or `setRows`. */
  readonly value: Tensor;
}

/** Host copy of a parameter and its Adam moments, row-major. */
export interface AdamState {
  /** The value. */
  readonly value: Float32Array | Float64Array;
  /** First moment m (Kingma & Ba 2015). */
  readonly first: Float32Array | Float64Array;
  /** Second moment v. */
  readonly second: Float32Array | Float64Array;
}

/**
 * The stored (sample, latent) pairs of one selection, sparse by rows or dense: the backend decides.
 *
 * Stored and active are two things: window entries of JumpReLU and gated entries with magnitude 0 are stored, with value 0.
 */
export interface Codes {
  /** Samples, B. */
  readonly batch: number;
  /** Latents, Q. */
  readonly latents: number;
  /** Matryoshka levels; 1 without Matryoshka. Each stored pair belongs to exactly one level. */
  readonly levels: number;
  /** Pre-activation (bias included) of each stored pair. */
  readonly pre: Entries;
}

/** One number per stored pair of one {@link Codes}. */
export interface Entries {
  /** The pairs that the numbers belong to. */
  readonly of: Codes;
}

/** Which (sample, latent) pairs are stored. Order: value descending, then index ascending (spec: ties by lowest index). */
export type Selection = TopKSelection | BatchTopKSelection | GroupMaxSelection | ThresholdSelection;

/** The k largest pre-activations of each row. */
export interface TopKSelection {
  /** Discriminant. */
  readonly kind: "topK";
  /** Entries per row; an ascending array makes one level per k, a pair's level given by its rank (multi-k Matryoshka). */
  readonly k: number | readonly number[];
  /** Keep negative pre-activations too (pure TopK); by default only positive ones are stored. */
  readonly signed?: boolean;
}

/** The floor(k B) largest positive pre-activations of the whole batch. */
export interface BatchTopKSelection {
  /** Discriminant. */
  readonly kind: "batchTopK";
  /** Mean entries per row, may be fractional; an ascending array makes levels by rank. */
  readonly k: number | readonly number[];
}

/** The largest pre-activation of each group of Q / groups consecutive latents in each row, where it is positive (GroupMax of sparsify). */
export interface GroupMaxSelection {
  /** Discriminant. */
  readonly kind: "groupMax";
  /** Number of groups, a divisor of Q: entries per row at most. */
  readonly groups: number;
}

/** All pairs with pre-activation > theta - margin. */
export interface ThresholdSelection {
  /** Discriminant. */
  readonly kind: "threshold";
  /** One threshold, or one per latent `[Q]`. */
  readonly theta: number | Tensor;
  /** Half the JumpReLU window; default 0. */
  readonly margin?: number;
}

/** Options of {@link Backend.select}. */
export interface SelectOptions {
  /** Encoder bias `[Q]`, added before the selection. */
  readonly bias?: Tensor;
  /** Ascending widths, the last one Q: a pair's level is given by its latent index (prefix Matryoshka). */
  readonly prefixes?: readonly number[];
  /** A second selection by the same product: per row the k largest positive pre-activations among marked latents (AuxK). */
  readonly auxiliary?: AuxiliarySelection;
}

/** The AuxK selection of {@link SelectOptions}. */
export interface AuxiliarySelection {
  /** 1 for latents that may be chosen (dead ones), 0 for others, `[Q]`. */
  readonly among: Tensor;
  /** Entries per row at most. */
  readonly k: number;
}

/** Result of {@link Backend.select}. */
export interface Selected {
  /** The stored pairs. */
  readonly codes: Codes;
  /** The auxiliary pairs, where they were asked for; one level. */
  readonly auxiliary?: Codes;
  /** With batchTopK: the smallest positive selected pre-activation of the batch, a scalar; 0 if none is positive. */
  readonly smallest?: Tensor;
}

/** Elementwise functions; `step(x)` is 1 for x > 0, else 0. */
export type Unary = "step" | "relu" | "tanh" | "exp" | "square" | "sqrt" | "abs";
/** Elementwise operators; `div` gives 0 where the divisor is 0. */
export type Binary = "add" | "sub" | "mul" | "div" | "min" | "max";

/**
 * Gradient of a parameter by rows (rows are latents):
 * sum over `from` of sum_b c_bi y_b, plus scale_i w_i, plus 2 strength (w_i - anchor_i) on the first rows.
 */
export interface RowGradient {
  /** Sparse sources. */
  readonly from: readonly RowSource[];
  /** Factor of the row itself (weight decay, weighted L1, tanh L0): a number, `[Q]`, or `[Q, m]` per block of columns. */
  readonly scale?: number | Tensor;
  /** Widths of the m column blocks of `scale` `[Q, m]`. */
  readonly blocks?: readonly number[];
  /** Anchors of the first K rows. */
  readonly anchors?: RowAnchors;
}

/** One sparse source of a {@link RowGradient}: row i gets sum_b c_bi y_b. */
export interface RowSource {
  /** c. */
  readonly coefficients: Entries;
  /** y `[B, D]`; an array holds one per level of the codes. */
  readonly rows: Tensor | readonly Tensor[];
}

/** Anchors of a {@link RowGradient}. */
export interface RowAnchors {
  /** Target rows `[K, D]`, K <= Q. */
  readonly rows: Tensor;
  /** lambda >= 0. */
  readonly strength: number;
}

/** One parameter's part in {@link Backend.update}. */
export interface Update {
  /** The parameter to change. */
  readonly parameter: Parameter;
  /** Its gradient: a tensor of its shape, or by rows. */
  readonly gradient: Tensor | RowGradient;
  /** Lower bound after the step (thresholds: 0). */
  readonly minimum?: number;
  /** Rows have unit norm: the gradient is projected before clipping, rows are renormalised after the step. */
  readonly unitRows?: boolean;
  /**
   * Where a matrix may hold numbers, its rows in blocks from the first to the last: outside, numbers and moments are 0 and stay 0, and
   * gradients are taken as 0, before anything else. Default: everywhere.
   */
  readonly support?: readonly SupportBlock[];
}

/** Consecutive rows that hold numbers in the same consecutive columns alone. */
export interface SupportBlock {
  /** Number of rows. */
  readonly rows: number;
  /** First column. */
  readonly from: number;
  /** Column after the last one. */
  readonly to: number;
}

/** Adam's numbers of one step (Kingma & Ba 2015), dense semantics: rows without gradient move too. */
export interface AdamStep {
  /** Step number from 1. */
  readonly t: number;
  /** Learning rate of this step. */
  readonly lr: number;
  /** Decay of the first moment. */
  readonly beta1: number;
  /** Decay of the second moment. */
  readonly beta2: number;
  /** Added to sqrt(v / (1 - beta2^t)). */
  readonly epsilon: number;
  /** Largest global gradient norm (after projection); larger gradients are scaled down. */
  readonly clip?: number;
  /** Return the global gradient norm (after projection, before clipping); costs a pass where `clip` is absent. */
  readonly norm?: boolean;
}

/** Stored nonzero entries on the host, compressed rows. */
export interface SparseRows {
  /** Row b holds entries `offsets[b]` to `offsets[b + 1] - 1`, `[B + 1]`. */
  readonly offsets: Int32Array;
  /** Latent of each entry, ascending in a row. */
  readonly latents: Int32Array;
  /** Value of each entry, never 0. */
  readonly values: Float32Array | Float64Array;
}

/**
 * How kernels round a b + c: `separate`, the product and then the sum; `fused`, once; `native`, as a library or a driver does on this
 * machine, which is not known.
 */
export type Arithmetic = "separate" | "fused" | "native";

/**
 * The kernels of a training step on some hardware.
 *
 * Letters: B batch, D any width, P input width, R output width, Q latents. Every call is synchronous but reads; results belong to
 * the caller, who frees them with {@link Backend.scope} or {@link Backend.dispose}. Arguments are checked by who composes (the sdl
 * package); backends throw a RangeError on shapes that do not fit. A NaN among the pre-activations is an error that names the row
 * where the selection runs on the host, else it reaches the loss.
 */
export interface Backend {
  /** Name, such as `tfjs-wasm`. */
  readonly name: string;
  /** What was opened, in words: versions, tier, why it was chosen. */
  readonly detail: string;
  /** Which kernels were chosen, where a backend has several that may differ in the last bits. */
  readonly tier?: string;
  /** Threads in use. */
  readonly threads: number;
  /** Element type of what {@link Backend.read} returns. */
  readonly precision: "float32" | "float64";
  /** How the kernels round a b + c on this processor and engine: where it differs, so do the last bits of the same run. */
  readonly arithmetic: Arithmetic;

  /** A tensor from host numbers (copied). */
  tensor(data: ArrayLike<number>, shape: readonly number[]): Tensor;
  /** A parameter; absent moments are zero. Lives until disposed, also when made inside a scope. */
  parameter(shape: readonly number[], state: Partial<AdamState> & Pick<AdamState, "value">): Parameter;
  /** Host copy of a tensor. */
  read(t: Tensor): Promise<Float32Array | Float64Array>;
  /** Host copy of the nonzero entries. */
  readEntries(entries: Entries): Promise<SparseRows>;
  /** Host copy of a parameter with its moments. */
  readState(p: Parameter): Promise<AdamState>;
  /** Runs `body` and frees every tensor made in it but those in its result (a tensor, codes, entries, or arrays and plain records of them). */
  scope<T>(body: () => T): T;
  /** Frees; codes take their entries along. Freeing twice is harmless. */
  dispose(...items: readonly (Tensor | Codes | Entries | Parameter)[]): void;
  /** Tensors that are not freed, for leak tests. */
  liveTensors(): number;
  /** Ends workers and frees everything. */
  close(): Promise<void>;

  /** a b `[M, N]` of rank-2 tensors, each optionally transposed. */
  matMul(a: Tensor, b: Tensor, options?: { readonly transposeA?: boolean; readonly transposeB?: boolean }): Tensor;
  /** Elementwise function. */
  unary<T extends Tensor | Entries>(op: Unary, a: T): T;
  /** Elementwise operator; `b` may be a number, a scalar, or `[D]` against a `[B, D]` (every row). Entries need entries of the same codes. */
  binary<T extends Tensor | Entries>(op: Binary, a: T, b: T | number): T;
  /** Sum of all, a scalar; with axis 0 over rows: `[D]` of a `[B, D]`, `[Q]` of entries. */
  sum(a: Tensor | Entries, axis?: 0): Tensor;
  /** Euclidean norm of each row `[Q]`, or of each of m column blocks of each row `[Q, m]`. */
  rowNorms(rows: Tensor, blocks?: readonly number[]): Tensor;
  /** Rows `start` to `start + count - 1` of a `[M, D]`, or that part of a `[M]`. */
  rows(t: Tensor, start: number, count: number): Tensor;
  /** The same numbers in another shape. */
  reshape(t: Tensor, shape: readonly number[]): Tensor;

  /** x encoder^T + bias for x `[B, P]` and encoder `[Q, P]`, and the exact selection from it; the product is not kept. */
  select(x: Tensor, encoder: Tensor, selection: Selection, options?: SelectOptions): Selected;
  /** Value of each latent `[Q]` at the stored pairs. */
  atLatents(codes: Codes, perLatent: Tensor): Entries;
  /** Sum over the stored pairs of value times decoder row, `[B, R]` per level, not cumulated. */
  decode(values: Entries, decoder: Tensor): readonly Tensor[];
  /** Inner product of error `[B, R]` (one per level of the codes) with the decoder row, at the stored pairs. */
  dot(codes: Codes, errors: readonly Tensor[], decoder: Tensor): Entries;
  /**
   * Samples since each latent was last active, `[Q]`: for active latents the number of samples after its last active row, else
   * `samplesSince` + B. Active is an entry that is not 0.
   */
  fired(active: Entries, samplesSince: Tensor): Tensor;

  /** One optimiser step: all gradients, projection, global norm, clip, Adam, bounds, renormalisation. Returns the norm, a scalar, where `norm` was asked. */
  update(updates: readonly Update[], step: AdamStep): Tensor | undefined;
  /** Replaces rows `[n, D]` (or elements `[n]`) of a parameter and zeroes their moments. */
  setRows(p: Parameter, latents: Int32Array, rows: Tensor): void;
}

/** A backend that can be opened by name. */
export interface BackendOpener {
  /** Name, such as `simd`. */
  readonly name: string;
  /** Opens it, or throws a {@link BackendError} that says what is missing and which command mends it. */
  open(options: OpenOptions): Promise<Backend>;
}

/** Options of opening a backend. */
export interface OpenOptions {
  /** Threads, where the backend can choose; default: the backend's own choice. */
  readonly threads?: number;
}
