import { type ByteSource, FormatError, readStart } from "@monosema/tensor";
import type { Files } from "../files.js";

/** The file that was named, else the only one with an ending; undefined where there is none, or several. */
export function onlyFile({ main, names }: Files, ending: string): string | undefined {
  if (main !== undefined) return main;
  const [only, another] = names.filter((name) => name.toLowerCase().endsWith(ending));
  return another === undefined ? only : undefined;
}

/** The same for a reader that needs it; FormatError `no-model-file` otherwise. */
export function requireFile(files: Files, ending: string): string {
  const name = onlyFile(files, ending);
  if (name !== undefined) return name;
  const message = `the folder must have one file ${ending}, got ${files.names.join(", ") || "none"}; name the file`;
  throw new FormatError("no-model-file", message, { file: files.name });
}

/** Opens a file, hands it over, and closes it where that fails. */
export async function opened<T>(files: Files, name: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const source = await files.open(name);
  try {
    return await use(source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Up to `count` first bytes of a file; FormatError `lfs-pointer` where it is a Git LFS pointer. */
export async function firstBytes(files: Files, name: string, count: number): Promise<Uint8Array> {
  const source = await files.open(name);
  try {
    return await readStart(source, count);
  } finally {
    await source.close();
  }
}
