import { FormatError } from "../errors.js";

/** What every Git LFS pointer begins with (Git LFS specification, version 1). */
const MARK = new TextEncoder().encode("version https://git-lfs.github.com/spec/");

/** Bytes from the start of a file that {@link refuseLfsPointer} needs. */
export const lfsMarkLength: number = MARK.length;

/**
 * Refuses a Git LFS pointer: the small text that stands for a large file in a clone without its files.
 *
 * @param start - the first bytes of the file, {@link lfsMarkLength} or more where it has them
 * @param file - name for messages
 * @throws FormatError `lfs-pointer`
 */
export function refuseLfsPointer(start: Uint8Array, file: string): void {
  if (start.length < MARK.length || MARK.some((byte, i) => start[i] !== byte)) return;
  const message =
    "the file itself is required, got a Git LFS pointer to it; fetch the file with git lfs pull in its repository";
  throw new FormatError("lfs-pointer", message, { file });
}
