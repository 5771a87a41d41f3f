import { type ByteSource, FormatError, readStart } from "@monosema/tensor";
import { flatbuffer } from "./flatbuffer.js";
import { type RecordBatch, recordBatch } from "./recordBatch.js";
import { type NumberColumn, numberColumns } from "./schema.js";

/** An Arrow file of which nothing but the headers of its messages was read. */
export interface ArrowMessages {
  /** Its columns of numbers. */
  readonly columns: readonly NumberColumn[];
  /** Its record batches, in order. */
  readonly batches: readonly RecordBatch[];
}

/** Kinds of messages that are read; dictionaries are passed over. */
const [SCHEMA, RECORD_BATCH] = [1, 3];
/** Arrow 0.8 and later. */
const VERSION_4 = 3;
/** Bytes of the header of a message, at most: a gigabyte of columns has a few kilobytes. */
const LONGEST_HEADER = 2 ** 28;

/**
 * Walks through the messages of a file, of the stream format or of the file format, which is one between two marks.
 *
 * @throws FormatError `arrow-truncated`, `arrow-message`
 */
export async function readMessages(source: ByteSource): Promise<ArrowMessages> {
  const [first, end] = await streamRange(source);
  let columns: readonly NumberColumn[] | undefined;
  const batches: RecordBatch[] = [];
  for (let at = first; at < end; ) {
    const header = await headerAt(source, at, end);
    if (header === undefined) break;
    const message = inMessage(source, at, () => messageOf(header.bytes, header.bodyStart));
    const next = header.bodyStart + message.bodyLength;
    if (next > end) throw truncated(source, `must hold ${message.bodyLength} bytes after byte ${header.bodyStart}`);
    columns ??= message.columns;
    if (message.batch !== undefined) batches.push(checked(source, message.batch, header.bodyStart, next));
    at = next;
  }
  if (columns !== undefined) return { columns, batches };
  throw new FormatError("arrow-message", "the file must begin with a schema, got none; save it again", {
    file: source.name,
  });
}

/** Whether bytes are the start of an Arrow file, of either format. */
export function beginsArrow(start: Uint8Array): boolean {
  return isFileFormat(start) || [0, 1, 2, 3].every((i) => start[i] === 0xff);
}

const isFileFormat = (start: Uint8Array): boolean => [..."ARROW1"].every((c, i) => start[i] === c.charCodeAt(0));

/** The bytes that hold messages. */
async function streamRange(source: ByteSource): Promise<readonly [number, number]> {
  if (!isFileFormat(await readStart(source, 8))) return [0, source.size];
  if (source.size < 18) throw truncated(source, "must hold a footer");
  const tail = await source.read(source.size - 10, 10);
  const footer = new DataView(tail.buffer, tail.byteOffset, 10).getInt32(0, true);
  if (!isFileFormat(tail.subarray(4)) || footer < 0 || footer > source.size - 18) {
    throw truncated(source, "must end with its footer and ARROW1");
  }
  return [8, source.size - 10 - footer];
}

/** The header of the message at a byte, or nothing at the end of the stream. */
async function headerAt(
  source: ByteSource,
  at: number,
  end: number,
): Promise<{ readonly bytes: Uint8Array; readonly bodyStart: number } | undefined> {
  const prefix = await source.read(at, Math.min(8, end - at));
  if (prefix.length < 4) throw truncated(source, `must hold a message at byte ${at}`);
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.length);
  // Before version 0.15 there was no mark before the length.
  const marked = view.getInt32(0, true) === -1;
  if (marked && prefix.length < 8) throw truncated(source, `must hold a message at byte ${at}`);
  const length = view.getInt32(marked ? 4 : 0, true);
  const start = at + (marked ? 8 : 4);
  if (length === 0) return undefined;
  if (length < 0 || length > LONGEST_HEADER || start + length > end) {
    throw truncated(source, `must hold a header of ${length} bytes at byte ${start}`);
  }
  return { bytes: await source.read(start, length), bodyStart: start + length };
}

interface Message {
  readonly bodyLength: number;
  readonly columns?: readonly NumberColumn[];
  readonly batch?: RecordBatch;
}

/** Fields by the numbers of Arrow's Message.fbs. */
function messageOf(bytes: Uint8Array, bodyStart: number): Message {
  const message = flatbuffer(bytes);
  const [version, type, bodyLength] = [message.i16(0), message.u8(1), message.i64(3)];
  if (version < VERSION_4) throw new RangeError(`its metadata version is ${version + 1}, below 4`);
  if (bodyLength < 0) throw new RangeError(`its body has ${bodyLength} bytes`);
  const content = message.table(2);
  if (content === undefined) throw new RangeError("it has no content");
  if (type === SCHEMA) return { bodyLength, columns: numberColumns(content) };
  return type === RECORD_BATCH ? { bodyLength, batch: recordBatch(content, bodyStart) } : { bodyLength };
}

/** What goes wrong in a message, as an error of the file. */
function inMessage<T>(source: ByteSource, at: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message = `the message at byte ${at} must be one of Arrow, got: ${cause.message}; save the file again`;
    throw new FormatError("arrow-message", message, { file: source.name });
  }
}

/** A batch whose buffers lie in its body. */
function checked(source: ByteSource, batch: RecordBatch, start: number, end: number): RecordBatch {
  const { rows, lengths, nulls, offsets, sizes, views } = batch;
  const within = offsets.every(
    (offset, i) => offset >= start && (sizes[i] as number) >= 0 && offset + (sizes[i] as number) <= end,
  );
  if (within && [rows, ...lengths, ...nulls, ...views].every((count) => count >= 0)) return batch;
  const message = `the columns of the message before byte ${end} must lie in its ${end - start} bytes; save the file again`;
  throw new FormatError("arrow-message", message, { file: source.name });
}

function truncated({ name, size }: ByteSource, required: string): FormatError {
  return new FormatError("arrow-truncated", `the file ${required}, got ${size} bytes in all; it is cut short`, {
    file: name,
  });
}
