import { FormatError } from "@monosema/tensor";

/** A line of a text. */
export interface TextLine {
  /** Its text, without the end of the line. */
  readonly text: string;
  /** Its number, from 1. */
  readonly number: number;
  /** Bytes of the file up to its end. */
  readonly end: number;
}

/** Bytes of the longest line: what is held at a time. */
const longest = 2 ** 26;

/**
 * The lines of a text of any size, UTF-8.
 *
 * @param name - for messages
 * @throws FormatError `not-text` with the line where the bytes are not UTF-8, `line-too-long` above 64 MiB
 */
export async function* textLines(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest: Uint8Array[] = [];
  let held = 0;
  let number = 0;
  let end = 0;
  const line = (last: Uint8Array): TextLine => {
    number += 1;
    end += held + last.length;
    const whole = rest.length === 0 ? last : joined([...rest, last], held + last.length);
    [rest, held] = [[], 0];
    try {
      return { text: decoder.decode(whole).replace(/\r?\n$/, ""), number, end };
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw new FormatError("not-text", `texts must be UTF-8, got other bytes in line ${number}; convert the file`, {
        file: name,
      });
    }
  };
  for await (const chunk of bytes) {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      yield line(chunk.subarray(start, at + 1));
      start = at + 1;
    }
    if (start === chunk.length) continue;
    rest.push(chunk.slice(start));
    held += chunk.length - start;
    if (held > longest) {
      const message = `a line must have at most ${longest} bytes, got a longer one as line ${number + 1}; split the text into lines`;
      throw new FormatError("line-too-long", message, { file: name });
    }
  }
  if (held > 0) yield line(new Uint8Array(0));
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
