import { open } from "node:fs/promises";

/** A file without blocks on the disk but for the given bytes; its path. */
export async function sparseFile(
  path: string,
  size: number,
  written: readonly (readonly [at: number, bytes: Uint8Array])[],
): Promise<string> {
  const file = await open(path, "wx");
  await file.truncate(size);
  for (const [at, bytes] of written) await file.write(bytes, 0, bytes.length, at);
  await file.close();
  return path;
}
