import { type ByteSource, FormatError, readStart } from "@monosema/tensor";
import type { Files } from "../files.js";

/** The file that was named, else all whose names end so, in natural order: `part-2` before `part-10`. */
export function filesEnding(files: Files, ending: string): readonly string[] {
  if (files.main !== undefined) return [files.main];
  return files.names.filter((name) => name.endsWith(ending)).sort(naturalOrder);
}

/** The shards of a folder that holds a file beside them, in natural order; none without that file, or where a file was named. */
export function shardsBeside({ main, names }: Files, beside: string, shard: RegExp): readonly string[] {
  if (main !== undefined || !names.includes(beside)) return [];
  return names.filter((name) => shard.test(name)).sort(naturalOrder);
}

const collator = new Intl.Collator("en", { numeric: true });

/** Order of names in which numbers count as such; the same everywhere. */
export const naturalOrder = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : Number(a > b));

/** Whether a folder has files with this ending, or the file that was named begins as they do. */
export async function areOf(files: Files, ending: string, begins: (start: Uint8Array) => boolean): Promise<boolean> {
  if (files.main === undefined) return filesEnding(files, ending).length > 0;
  return begins(await readStart(await files.open(files.main), 8));
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
