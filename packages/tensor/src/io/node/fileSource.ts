import { open } from "node:fs/promises";
import { basename } from "node:path";
import { type ByteSource, checkRange } from "../byteSource.js";

/** Bytes of one call to the system, which refuses (and Node ends at) more than 2^31 - 1. */
const mostBytes = 2 ** 30;

/**
 * A file that is read in parts, of any size. Errors of the system name the path.
 *
 * @param name - for messages; default: the last part of the path
 */
export async function fileSource(path: string, name: string = basename(path)): Promise<ByteSource> {
  const file = await open(path, "r");
  const stats = await file.stat();
  if (!stats.isFile()) {
    await file.close();
    throw new TypeError(`fileSource: path must name a file, got ${path}; name a file in it`);
  }
  const { size } = stats;
  return {
    name,
    size,
    read: async (offset, length) => {
      checkRange("fileSource.read", offset, length, size);
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await file.read(bytes, done, Math.min(mostBytes, length - done), offset + done);
        if (bytesRead === 0)
          throw new Error(`fileSource.read: ${name} must keep its ${size} bytes, it became shorter; reopen it`);
        done += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}

/**
 * Opens a file, hands it over, and closes it whatever comes.
 *
 * @param name - for messages; default: the last part of the path
 */
export async function withFile<T>(path: string, use: (source: ByteSource) => Promise<T>, name?: string): Promise<T> {
  const source = await fileSource(path, name);
  return await use(source).finally(() => source.close());
}
