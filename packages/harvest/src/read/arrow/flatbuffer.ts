/** A table of a flatbuffer. Reading past the bytes throws RangeError, as DataView does. */
export interface FlatTable {
  /** An unsigned byte. */
  u8(field: number): number;
  /** A signed 16-bit number. */
  i16(field: number): number;
  /** A signed 32-bit number. */
  i32(field: number): number;
  /** A signed 64-bit number; RangeError beyond 2^53. */
  i64(field: number): number;
  /** A table within. */
  table(field: number): FlatTable | undefined;
  /** The tables of a vector. */
  tables(field: number): readonly FlatTable[];
  /** A text. */
  text(field: number): string;
  /** Signed 64-bit numbers of a vector whose elements have `words` of them, flat. */
  i64s(field: number, words: number): readonly number[];
}

/** The root table of a flatbuffer, whose fields are numbered from 0; an absent one is 0 or empty. */
export function flatbuffer(bytes: Uint8Array): FlatTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return tableAt(view, view.getUint32(0, true));
}

function tableAt(view: DataView, at: number): FlatTable {
  const vtable = at - view.getInt32(at, true);
  const size = view.getUint16(vtable, true);
  const place = (field: number): number | undefined => {
    const entry = 4 + 2 * field;
    const offset = entry < size ? view.getUint16(vtable + entry, true) : 0;
    return offset === 0 ? undefined : at + offset;
  };
  const read = <T>(field: number, absent: T, how: (at: number) => T): T => {
    const found = place(field);
    return found === undefined ? absent : how(found);
  };
  const target = (from: number): number => from + view.getUint32(from, true);
  return {
    u8: (field) => read(field, 0, (from) => view.getUint8(from)),
    i16: (field) => read(field, 0, (from) => view.getInt16(from, true)),
    i32: (field) => read(field, 0, (from) => view.getInt32(from, true)),
    i64: (field) => read(field, 0, (from) => safeInteger(view, from)),
    table: (field) => read<FlatTable | undefined>(field, undefined, (from) => tableAt(view, target(from))),
    tables: (field) =>
      read<readonly FlatTable[]>(field, [], (from) => {
        const { first, count } = vectorAt(view, target(from), 4);
        return Array.from({ length: count }, (_, i) => tableAt(view, target(first + 4 * i)));
      }),
    text: (field) =>
      read(field, "", (from) => {
        const { first, count } = vectorAt(view, target(from), 1);
        return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + first, count));
      }),
    i64s: (field, words) =>
      read<readonly number[]>(field, [], (from) => {
        const { first, count } = vectorAt(view, target(from), 8 * words);
        return Array.from({ length: count * words }, (_, i) => safeInteger(view, first + 8 * i));
      }),
  };
}

/** A vector whose elements have so many bytes, all of them within the bytes. */
function vectorAt(view: DataView, at: number, size: number): { readonly first: number; readonly count: number } {
  const count = view.getUint32(at, true);
  if (at + 4 + size * count <= view.byteLength) return { first: at + 4, count };
  throw new RangeError(`a vector of ${count} elements ends past the bytes`);
}

function safeInteger(view: DataView, at: number): number {
  const value = Number(view.getBigInt64(at, true));
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is beyond 2^53`);
  return value;
}
