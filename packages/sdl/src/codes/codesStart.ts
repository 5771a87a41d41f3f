import { type SafetensorsStart, safetensorsStart } from "@monosema/tensor";

/** Sizes of a matrix of sparse codes. */
export interface CodesShape {
  /** Samples N. */
  readonly rows: number;
  /** Latents Q. */
  readonly latents: number;
  /** Codes that are not 0, in all rows. */
  readonly entries: number;
}

/**
 * The beginning of a file of sparse codes, which is safetensors with a matrix `[N, Q]` by compressed rows: `offsets` (I64, `[N + 1]`),
 * `values` (F32) and `latents` (I32), and `shape` in the metadata. Their bytes follow in this order.
 */
export function codesStart({ rows, latents, entries }: CodesShape): SafetensorsStart {
  return safetensorsStart(
    [
      ["offsets", { dtype: "I64", shape: [rows + 1] }],
      ["values", { dtype: "F32", shape: [entries] }],
      ["latents", { dtype: "I32", shape: [entries] }],
    ],
    [["shape", JSON.stringify([rows, latents])]],
  );
}
