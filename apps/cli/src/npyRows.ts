import { npyHeader } from "@monosema/tensor";

/** The bytes of a float32 npy file, as its rows `[rows, columns]` come. */
export async function* npyRows(
  shape: readonly number[],
  rows: AsyncIterable<Float32Array> | Iterable<Float32Array>,
): AsyncGenerator<Uint8Array> {
  yield npyHeader("<f4", shape);
  for await (const part of rows) yield new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}
