import { open } from "node:fs/promises";
import { basename } from "node:path";
import { type ByteSource, checkRange } from "../byteSource.js";

/** A file that is read in parts; its name for messages is the last part of the path. Errors of the system name the path. */
export async function fileSource(path: string): Promise<ByteSource> {
  const file = await open(path, "r");
  const stats = await file.stat();
  if (!stats.isFile()) {
    await file.close();
    throw new TypeError(`fileSource: path must name a file, got ${path}; name a file in it`);
  }
  const { size } = stats;
  const name = basename(path);
  return {
    name,
    size,
    read: async (offset, length) => {
      checkRange("fileSource.read", offset, length, size);
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0)
          throw new Error(`fileSource.read: ${name} must keep its ${size} bytes, it became shorter; reopen it`);
        done += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
