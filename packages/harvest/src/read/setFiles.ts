import { type ByteSource, FormatError } from "@monosema/tensor";
import type { Files } from "../files.js";

/** The file that was named, else all whose names end so, in natural order: `part-2` before `part-10`. */
export function filesEnding(files: Files, ending: string): readonly string[] {
  if (files.main !== undefined) return [files.main];
  return files.names.filter((name) => name.endsWith(ending)).sort(naturalOrder);
}

const collator = new Intl.Collator("en", { numeric: true });

/** Order of names in which numbers count as such; the same everywhere. */
export const naturalOrder = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : Number(a > b));

/** Whether the first of some files begins as it must. */
export async function firstBegins(
  files: Files,
  [first]: readonly string[],
  begins: (start: Uint8Array) => boolean,
): Promise<boolean> {
  if (first === undefined) return false;
  const source = await files.open(first);
  return begins(await source.read(0, Math.min(16, source.size)).finally(() => source.close()));
}

/**
 * Opens a file that another one names.
 *
 * @param by - the file that names it
 * @throws FormatError `missing-file`
 */
export async function openNamed(files: Files, name: string, by: string): Promise<ByteSource> {
  if (files.names.includes(name)) return await files.open(name);
  const message = `${by} names the file ${name}, which must lie beside it, got none; restore it`;
  throw new FormatError("missing-file", message, { file: files.name });
}
