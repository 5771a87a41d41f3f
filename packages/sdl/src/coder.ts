import type { SparseRows, Tensor } from "@monosema/tensor";

/** The way from samples to codes and back, on a backend. */
export interface Coder {
  /** Codes of samples `[B, P]`, as the dictionary sees them. */
  readonly encode: (x: Float32Array | Float64Array, batch: number) => Promise<SparseRows>;
  /** The same with what the decoder makes of the codes. */
  readonly run: (x: Float32Array | Float64Array, batch: number) => Promise<Coded>;
  /** Frees its tensors. */
  readonly dispose: () => void;
}

/** Result of {@link Coder.run}. */
export interface Coded {
  /** Active latents of each sample. */
  readonly codes: SparseRows;
  /** Codes times decoder `[B, R]`, on the backend; who asked for it frees it. */
  readonly decoded: Tensor;
}
