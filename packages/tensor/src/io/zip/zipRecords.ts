import { joined } from "../fileParts.js";

/** A file of a zip that is written, and its place. */
export interface PlacedFile {
  /** UTF-8. */
  readonly name: Uint8Array;
  /** Bytes. */
  readonly size: number;
  /** First byte of its local header. */
  readonly at: number;
  /** Bytes of an extra field before the data: none, or four and more. */
  readonly padding: number;
}

/** A number of 2, 4 or 8 bytes, little-endian. */
type Field = readonly [width: 2 | 4 | 8, value: number];

/** All ones in 32 bits: the record of zip64 says the number. */
const LONG = 0xffffffff;

const nothing = new Uint8Array(0);

/** What stands before a file; checksum and size follow behind it. */
export function localHeader({ name, size, padding }: PlacedFile): Uint8Array {
  const sizes = size >= LONG ? extra(1, record([8, size], [8, size])) : nothing;
  // PyTorch pads with the same field.
  const pad = padding === 0 ? nothing : extra(0x4246, new Uint8Array(padding - 4));
  const short: Field = [4, size >= LONG ? LONG : 0];
  const lengths: Field[] = [
    [2, name.length],
    [2, sizes.length + pad.length],
  ];
  return joinBytes(record([4, 0x04034b50], ...kind(), [4, 0], short, short, ...lengths), name, sizes, pad);
}

/** What stands behind a file. */
export function descriptor({ size }: PlacedFile, crc: number): Uint8Array {
  const width = size >= LONG ? 8 : 4;
  return record([4, 0x08074b50], [4, crc], [width, size], [width, size]);
}

/** A line of the central directory. */
export function directoryEntry({ name, size, at }: PlacedFile, crc: number): Uint8Array {
  const long: Field[] = [];
  if (size >= LONG) long.push([8, size], [8, size]);
  if (at >= LONG) long.push([8, at]);
  const longs = long.length === 0 ? nothing : extra(1, record(...long));
  const short: Field = [4, Math.min(size, LONG)];
  const commentDiskAttributes: Field[] = [
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
  ];
  const lengths: Field[] = [
    [2, name.length],
    [2, longs.length],
  ];
  const start = record(
    ...[[4, 0x02014b50] as const, [2, VERSION] as const, ...kind(), [4, crc] as const, short, short],
    ...lengths,
    ...commentDiskAttributes,
    [4, Math.min(at, LONG)],
  );
  return joinBytes(start, name, longs);
}

/** The records behind the directory of `count` files, which has `size` bytes from `at` on. */
export function endRecords(count: number, at: number, size: number): Uint8Array {
  const shortCount: Field = [2, Math.min(count, 0xffff)];
  const place: Field[] = [
    [4, Math.min(size, LONG)],
    [4, Math.min(at, LONG)],
  ];
  const short = record([4, 0x06054b50], [4, 0], shortCount, shortCount, ...place, [2, 0]);
  if (count < 0xffff && at < LONG && size < LONG) return short;
  const disks: Field[] = [
    [4, 0],
    [4, 0],
  ];
  const numbers = [count, count, size, at].map((value): Field => [8, value]);
  const long = record([4, 0x06064b50], [8, 44], [2, VERSION], [2, VERSION], ...disks, ...numbers);
  return joinBytes(long, record([4, 0x07064b50], [4, 0], [8, at + size], [4, 1]), short);
}

/** Version 4.5 has zip64. */
const VERSION = 45;

/** What a reader needs, flags (a descriptor follows; UTF-8), method, time, date. */
function kind(): readonly Field[] {
  return [
    [2, VERSION],
    [2, 0x0808],
    [2, 0],
    [2, 0],
    [2, 0x21], // 1 January 1980
  ];
}

function extra(id: number, content: Uint8Array): Uint8Array {
  return joinBytes(record([2, id], [2, content.length]), content);
}

function record(...fields: readonly Field[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 8) view.setBigUint64(at, BigInt(value), true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return joined({ size: parts.reduce((sum, part) => sum + part.length, 0), parts });
}
