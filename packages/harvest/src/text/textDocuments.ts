import { FormatError, parseJson } from "@monosema/tensor";
import type { HarvestDocument } from "../source/harvestDocument.js";
import { type TextLine, textLines } from "./textLines.js";

/** Texts from a file or a pipe. */
export interface TextStream {
  /** For messages, and the extension of a file tells its kind. */
  readonly name: string;
  /** Bytes, where known. */
  readonly size?: number;
  /** Begins at the beginning. */
  bytes(): AsyncIterable<Uint8Array>;
}

/** How texts are read. */
export interface TextOptions {
  /** Key of the text in records. Default `text`. */
  readonly key?: string;
}

/**
 * The documents of a text file:
 *
 * - `.jsonl`, `.ndjson`: a string or a record with the text under a key in each line;
 * - `.json`: a list of them, read at once;
 * - anything else: a document in each line.
 *
 * Empty lines are none. What comes through a pipe is JSON lines where it begins with `{` or `"`.
 *
 * @throws FormatError `not-text`, `not-json`, `no-text` with the line
 */
export async function* textDocuments(
  stream: TextStream,
  { key = "text" }: TextOptions = {},
): AsyncGenerator<HarvestDocument> {
  const kind = /\.(jsonl|ndjson|json)$/i.exec(stream.name)?.[1]?.toLowerCase();
  if (kind === "json") {
    yield* listed(stream, key);
    return;
  }
  let id = 0;
  let asJson = kind !== undefined;
  for await (const line of textLines(stream.bytes(), stream.name)) {
    if (line.text.trim() === "") continue;
    if (id === 0 && !stream.name.includes(".")) asJson = /^\s*[{"]/.test(line.text);
    const share = stream.size === undefined ? {} : { share: line.end / stream.size };
    yield {
      id,
      ...(asJson ? record(parsed(line, stream.name), key, stream.name, `line ${line.number}`) : textOf(line.text)),
      ...share,
    };
    id += 1;
  }
}

async function* listed({ bytes, name }: TextStream, key: string): AsyncGenerator<HarvestDocument> {
  const lines: string[] = [];
  for await (const { text } of textLines(bytes(), name)) lines.push(text);
  const list = parseJson(lines.join("\n"), name);
  if (!Array.isArray(list)) {
    const message = `texts in JSON must be a list, got ${list === null ? "null" : typeof list}; give a list, or a record in each line as .jsonl`;
    throw new FormatError("no-text", message, { file: name });
  }
  for (const [id, item] of list.entries()) {
    yield { id, ...record(item, key, name, `item ${id}`), share: (id + 1) / list.length };
  }
}

function parsed({ text, number }: TextLine, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FormatError("not-json", `each line must be JSON, line ${number} is not; give plain lines as .txt`, {
      file,
    });
  }
}

function record(item: unknown, key: string, file: string, where: string): Pick<HarvestDocument, "content" | "record"> {
  if (typeof item === "string") return textOf(item);
  const { [key]: text, ...facts } = Object(item) as Record<string, unknown>;
  if (typeof text === "string") return textOf(text, facts);
  const keys = Object.keys(Object(item) as object).join(", ") || "none";
  throw new FormatError(
    "no-text",
    `${where} must be a string or a record with the text under ${key}, got keys ${keys}; name the key`,
    {
      file,
    },
  );
}

const textOf = (text: string, facts = {}): Pick<HarvestDocument, "content" | "record"> => ({
  content: text,
  record: { ...facts, text },
});
