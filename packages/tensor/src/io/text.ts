import { FormatError } from "../errors.js";
import { type ByteSource, readStart } from "./byteSource.js";

/** Longest text that JavaScript engines hold, in characters (V8: 2^29 - 24). */
const longest = 2 ** 29 - 24;

/**
 * The text of a file that people bring: UTF-8, or UTF-16 by its byte-order mark; the mark is left out.
 *
 * @throws FormatError `not-text`, `text-too-large` or `lfs-pointer`
 */
export async function readText(source: ByteSource): Promise<string> {
  const { name: file, size } = source;
  const start = await readStart(source, 3);
  if (size > longest) {
    throw new FormatError("text-too-large", `a text must have at most ${longest} bytes, got ${size}; split the file`, {
      file,
    });
  }
  const encoding = encodingOf(start);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(await source.read(0, size));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const message = `the file must be text in ${encoding}, got other bytes; save it as UTF-8`;
    throw new FormatError("not-text", message, { file });
  }
}

/** Windows programs mark UTF-16, and some also UTF-8, by their first bytes. */
function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
