import { type ByteSource, FormatError, parseJson } from "@monosema/tensor";
import type { Files } from "../files.js";

/** The texts that activations come from. */
export interface Documents {
  /** Ids of all documents, in the order of the file. */
  readonly ids: readonly number[];
  /** A document, read from the file; FormatError `missing-document` where there is none of this id. */
  read(id: number): Promise<DocumentText>;
  /** Closes the file. */
  close(): Promise<void>;
}

/** A document. */
export interface DocumentText {
  /** Its id. */
  readonly id: number;
  /** Its text; absent for an image, whose file its fields name. */
  readonly text?: string;
  /** All that its line says, such as source and licence. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Name of the file. */
export const documentsName = "documents.jsonl";
/** Bytes that are read at a time. */
const part = 2 ** 20;

/**
 * Opens the documents.jsonl beside activations, a record with `id` and `text`, or of an image `file`, a line; undefined without one. The file is walked through
 * once for the places of the documents; texts are read when they are asked for.
 *
 * @throws FormatError `documents`, `not-json`
 */
export async function openDocuments(files: Files): Promise<Documents | undefined> {
  if (!files.names.includes(documentsName)) return undefined;
  const source = await files.open(documentsName);
  try {
    const places = new Map<number, readonly [start: number, length: number]>();
    for await (const { start, bytes, line } of linesOf(source)) {
      const { id } = documentFrom(source, bytes, line);
      if (places.has(id)) throw refused(source, line, "an id of its own", id);
      places.set(id, [start, bytes.length]);
    }
    return {
      ids: [...places.keys()],
      async read(id) {
        const place = places.get(id);
        if (place !== undefined) return documentFrom(source, await source.read(...place), undefined);
        const message = `the file must hold the document ${id}, got ${places.size} others; give the file of these activations`;
        throw new FormatError("missing-document", message, { file: source.name });
      },
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

interface Line {
  readonly start: number;
  readonly bytes: Uint8Array;
  /** From 1. */
  readonly line: number;
}

/** The lines that are not blank. */
async function* linesOf(source: ByteSource): AsyncGenerator<Line, void, void> {
  let [start, line] = [0, 1];
  let begun: Uint8Array[] = [];
  for (let at = 0; at < source.size; at += part) {
    const bytes = await source.read(at, Math.min(part, source.size - at));
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      const whole = joined([...begun, bytes.subarray(from, end)]);
      if (!isBlank(whole)) yield { start, bytes: whole, line };
      begun = [];
      from = end + 1;
      start = at + from;
      line += 1;
    }
    begun.push(bytes.subarray(from));
  }
  const last = joined(begun);
  if (!isBlank(last)) yield { start, bytes: last, line };
}

const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const some of parts) {
    all.set(some, at);
    at += some.length;
  }
  return all;
}

function documentFrom(source: ByteSource, bytes: Uint8Array, line: number | undefined): DocumentText {
  const record = parseJson(
    new TextDecoder().decode(bytes),
    line === undefined ? source.name : `${source.name}, line ${line}`,
  );
  const fields = typeof record === "object" && record !== null ? (record as Readonly<Record<string, unknown>>) : {};
  const { id, text } = fields;
  if (!Number.isSafeInteger(id)) throw refused(source, line, "a whole number as id", id);
  if (typeof text === "string") return { id: id as number, text, fields };
  if (text !== undefined || typeof fields.file !== "string") throw refused(source, line, "a text", text);
  return { id: id as number, fields };
}

function refused({ name }: ByteSource, line: number | undefined, what: string, got: unknown): FormatError {
  const message = `line ${line ?? "of a document"} must have ${what}, got ${JSON.stringify(got) ?? "none"}; write it again`;
  return new FormatError("documents", message, { file: name });
}
