import { codesStart } from "@monosema/sdl";
import type { SparseRows } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import type { Session } from "../session.js";

/** Bytes that are copied at a time. */
const part = 2 ** 22;

/**
 * Writes codes `[N, Q]` by compressed rows as they come. How many there are is known at the end only, so values and latents wait in
 * temporary files beside the result.
 */
export async function writeSparseCodes(
  session: Session,
  path: string,
  [rows, latents]: readonly [rows: number, latents: number],
  codes: AsyncIterable<SparseRows> | Iterable<SparseRows>,
): Promise<void> {
  const offsets = new BigInt64Array(rows + 1);
  const waiting = { values: `${path}.values.tmp`, latents: `${path}.latents.tmp` };
  try {
    const [values, indices] = [await session.fs.create(waiting.values), await session.fs.create(waiting.latents)];
    let [row, entries] = [0, 0];
    try {
      for await (const { offsets: own, latents: some, values: their } of codes) {
        for (let b = 1; b < own.length; b++) {
          row += 1;
          offsets[row] = BigInt(entries + (own[b] as number));
        }
        entries += some.length;
        await values.write(bytesOf(Float32Array.from(their)));
        await indices.write(bytesOf(some));
      }
    } finally {
      await Promise.all([values.close(), indices.close()]);
    }
    await session.write(path, codesFile());

    async function* codesFile(): AsyncGenerator<Uint8Array> {
      yield codesStart({ rows, latents, entries }).start;
      yield bytesOf(offsets);
      yield* copied(waiting.values);
      yield* copied(waiting.latents);
    }
  } finally {
    await Promise.all(Object.values(waiting).map((file) => session.fs.remove(file)));
  }
}

async function* copied(path: string): AsyncGenerator<Uint8Array> {
  const source = await fileSource(path);
  try {
    for (let at = 0; at < source.size; at += part) yield await source.read(at, Math.min(part, source.size - at));
  } finally {
    await source.close();
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
