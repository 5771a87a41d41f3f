import { FormatError } from "../../errors.js";
import type { ByteSource } from "../byteSource.js";

/** Compressed bytes that are read at a time. */
const partBytes = 2 ** 20;
/** Largest result: one array, as far as every engine goes. */
const mostBytes = 2 ** 31;

/** A range of a source that holds a deflated file. */
export interface Deflated {
  /** First byte. */
  readonly begin: number;
  /** Bytes. */
  readonly compressedSize: number;
  /** Bytes of the result. */
  readonly size: number;
  /** Name of the file, for messages. */
  readonly name: string;
}

/**
 * Inflates a range of a source into memory.
 *
 * @throws FormatError `zip-size` where the result is not of the size that was declared or beyond 2 GiB, `zip-deflate` where the bytes
 * are no deflate stream
 */
export async function inflate(
  source: ByteSource,
  { begin, compressedSize, size, name }: Deflated,
): Promise<Uint8Array> {
  const at = { file: source.name };
  if (size > mostBytes) {
    const message = `${name} must have at most ${mostBytes} bytes to be inflated in memory, got ${size}; save it uncompressed`;
    throw new FormatError("zip-size", message, at);
  }
  const bytes = new Uint8Array(size);
  let done = 0;
  for await (const part of inflated(source, begin, compressedSize, name)) {
    if (done + part.length > size) {
      throw new FormatError("zip-size", `${name} must inflate to ${size} bytes, got more; the zip is damaged`, at);
    }
    bytes.set(part, done);
    done += part.length;
  }
  if (done === size) return bytes;
  throw new FormatError("zip-size", `${name} must inflate to ${size} bytes, got ${done}; the zip is damaged`, at);
}

async function* inflated(source: ByteSource, begin: number, length: number, name: string): AsyncGenerator<Uint8Array> {
  let done = 0;
  let unread: unknown;
  const compressed = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const count = Math.min(partBytes, length - done);
      if (count === 0) return controller.close();
      const part = source.read(begin + done, count);
      part.catch((error: unknown) => {
        unread = error;
      });
      controller.enqueue(await part);
      done += count;
    },
  });
  const reader = compressed.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (cause) {
    if (unread !== undefined) throw unread;
    const problem = cause instanceof Error ? cause.message : String(cause);
    const message = `${name} must be a deflate stream, got "${problem}"; the zip is damaged`;
    throw new FormatError("zip-deflate", message, { file: source.name });
  } finally {
    await reader.cancel().catch(() => {});
  }
}
