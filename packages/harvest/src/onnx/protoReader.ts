import { type ByteSource, FormatError } from "@monosema/tensor";

/** One field of a message: its number, and its value or the place of its bytes. */
export interface ProtoField {
  /** Number of the field. */
  readonly number: number;
  /** Value of a whole number; 0 for others. */
  readonly value: number;
  /** Whether its bytes lie from `start` to `end`: a text, bytes, or a message. */
  readonly hasBytes: boolean;
  /** First byte of the content in the file. */
  readonly start: number;
  /** Byte after the last. */
  readonly end: number;
}

/** Reads protobuf messages of a file and skips what nobody asks for. */
export interface ProtoReader {
  /** The fields of the message between two places of the file. */
  fields(start: number, end: number): AsyncGenerator<ProtoField>;
  /** The text of a field. */
  text(field: ProtoField): Promise<string>;
  /** The whole numbers of a field, packed or not. */
  ints(field: ProtoField): Promise<readonly number[]>;
}

/** Bytes that are read at a time. */
const windowBytes = 65_536;
/** Names longer than this are not read: no real file has one. */
const longestText = 2 ** 20;
/** Tag and length of a field, ten bytes each at most. */
const headBytes = 20;

/** A reader over a source; FormatError `onnx-truncated` or `onnx-not-protobuf` where its bytes are no messages. */
export function protoReader(source: ByteSource): ProtoReader {
  let from = 0;
  let window = new Uint8Array(0);
  const fail = (code: string, message: string) => new FormatError(code, message, { file: source.name });

  /** Bytes from a place on: up to `count`, fewer at the end of the file. */
  const bytesAt = async (place: number, count: number): Promise<Uint8Array> => {
    const wanted = Math.min(count, source.size - place);
    if (place < from || place + wanted > from + window.length) {
      from = place;
      window = new Uint8Array(await source.read(place, Math.min(Math.max(wanted, windowBytes), source.size - place)));
    }
    return window.subarray(place - from, place - from + wanted);
  };

  const content = async (field: ProtoField): Promise<Uint8Array> => {
    const size = field.end - field.start;
    if (!field.hasBytes || size > longestText) {
      throw fail(
        "onnx-not-protobuf",
        `field ${field.number} must be a text or list of at most 1 MB, got ${size} bytes`,
      );
    }
    return await bytesAt(field.start, size);
  };

  return {
    async *fields(start, end) {
      let at = start;
      while (at < end) {
        const head = await bytesAt(at, Math.min(headBytes, end - at));
        const tag = readVarint(head, 0);
        const number = tag === undefined ? 0 : Math.floor(tag.value / 8);
        const wire = tag === undefined ? -1 : tag.value % 8;
        const whole = wire === 0 || wire === 2;
        const number2 = whole && tag !== undefined ? readVarint(head, tag.next) : undefined;
        if (tag === undefined || number < 1 || !(wire in fixedSizes) || (whole && number2 === undefined)) {
          throw fail(
            "onnx-not-protobuf",
            `the file must be an ONNX model (protobuf), got other bytes at ${at}; export it again`,
          );
        }
        const begin = at + (number2?.next ?? tag.next);
        const size = wire === 2 ? (number2?.value ?? 0) : (fixedSizes[wire] ?? 0);
        if (!(size >= 0 && begin + size <= end)) {
          const message = `field ${number} at ${at} must end by ${end}, got ${size} bytes; the file is cut short or broken`;
          throw fail("onnx-truncated", message);
        }
        yield {
          number,
          value: wire === 0 ? (number2?.value ?? 0) : 0,
          hasBytes: wire === 2,
          start: begin,
          end: begin + size,
        };
        at = begin + size;
      }
    },
    text: async (field) => new TextDecoder().decode(await content(field)),
    ints: async (field) => {
      if (!field.hasBytes) return [field.value];
      const bytes = await content(field);
      const values: number[] = [];
      for (let at = 0; at < bytes.length; ) {
        const read = readVarint(bytes, at);
        if (read === undefined) throw fail("onnx-not-protobuf", `field ${field.number} must be whole numbers`);
        values.push(read.value);
        at = read.next;
      }
      return values;
    },
  };
}

/** Bytes after the head by wire type; groups (3, 4) are no part of ONNX. */
const fixedSizes: Readonly<Record<number, number>> = { 0: 0, 1: 8, 2: 0, 5: 4 };

/** A number of up to ten bytes as signed 64 bits; undefined where it does not end. */
function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return { value: i === 9 ? signed(bytes, start) : value, next: start + i + 1 };
  }
  return undefined;
}

/** Ten bytes are a negative int64. */
function signed(bytes: Uint8Array, start: number): number {
  let bits = 0n;
  for (let i = 0; i < 10; i++) bits |= BigInt((bytes[start + i] ?? 0) & 127) << BigInt(7 * i);
  return Number(BigInt.asIntN(64, bits));
}
