import type { Mat } from "@monosema/numerics";
import type { Sigma } from "../sigma.js";

/** Samples whose codes are in memory at once. */
const BLOCK = 256;

/** Blocks of samples that can be coded one after the other; a batch-wide selection needs all at once. Views, not copies. */
export function* sampleBlocks({ rows, cols, data }: Mat, sigma: Sigma): Generator<Mat> {
  const size = sigma.kind === "batchtopk-relu" ? Math.max(1, rows) : BLOCK;
  for (let start = 0; start < rows; start += size) {
    const end = Math.min(start + size, rows);
    yield { rows: end - start, cols, data: data.subarray(start * cols, end * cols) };
  }
}
