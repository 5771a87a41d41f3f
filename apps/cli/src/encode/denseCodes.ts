import type { SparseRows } from "@monosema/tensor";
import { npyRows } from "../npyRows.js";
import type { Session } from "../session.js";

/** Writes codes as a float32 matrix `[N, Q]`, zeros included. */
export async function writeDenseCodes(
  session: Session,
  path: string,
  shape: readonly [rows: number, latents: number],
  codes: AsyncIterable<SparseRows>,
): Promise<void> {
  const dense = async function* (): AsyncGenerator<Float32Array> {
    for await (const rows of codes) yield denseRows(rows, shape[1]);
  };
  await session.write(path, npyRows(shape, dense()));
}

function denseRows({ offsets, latents, values }: SparseRows, nQ: number): Float32Array {
  const rows = offsets.length - 1;
  const dense = new Float32Array(rows * nQ);
  for (let b = 0; b < rows; b++) {
    for (let e = offsets[b] as number; e < (offsets[b + 1] as number); e++)
      dense[b * nQ + (latents[e] as number)] = values[e] as number;
  }
  return dense;
}
