import { deflateRawSync } from "node:zlib";
import { crc32 } from "../../src/io/zip/crc32.js";

/** A file of a zip, and what its headers are to say instead of the truth. */
export interface HandFile {
  name: string;
  data?: Uint8Array;
  method?: number;
  flags?: number;
  crc?: number;
  size?: number;
  compressedSize?: number;
  localName?: string;
  offset?: number;
}

/** Numbers as little-endian bytes: [width, value] each. */
const le = (...fields: (readonly [number, number])[]): number[] =>
  fields.flatMap(([width, value]) => Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) & 255));

/** A zip put together by hand, so that it can lie. */
export function handZip(
  files: readonly HandFile[],
  {
    comment = "",
    prefix = "",
    count = files.length,
    zip64 = false,
  }: { comment?: string; prefix?: string; count?: number; zip64?: boolean } = {},
): Uint8Array {
  const text = (string: string): number[] => [...new TextEncoder().encode(string)];
  const body: number[] = [];
  const directory: number[] = [];
  for (const file of files) {
    const data = file.data ?? new Uint8Array(0);
    const method = file.method ?? 0;
    const stored = method === 8 ? new Uint8Array(deflateRawSync(data)) : data;
    const [name, local] = [text(file.name), text(file.localName ?? file.name)];
    const at = file.offset ?? body.length;
    const [compressedSize, size] = [file.compressedSize ?? stored.length, file.size ?? data.length];
    const crc = file.crc ?? crc32(data);
    const kind = le([2, 20], [2, file.flags ?? 0], [2, method], [4, 0], [4, crc]);
    body.push(...le([4, 0x04034b50]), ...kind, ...le([4, stored.length], [4, data.length], [2, local.length], [2, 0]));
    body.push(...local, ...stored);
    const extra = zip64 ? le([2, 1], [2, 24], [8, size], [8, compressedSize], [8, at]) : [];
    const [short, shortSize, shortAt] = zip64 ? [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1] : [compressedSize, size, at];
    directory.push(...le([4, 0x02014b50], [2, 20]), ...kind, ...le([4, short], [4, shortSize], [2, name.length]));
    directory.push(...le([2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, shortAt]), ...name, ...extra);
  }
  const [size, at] = [directory.length, body.length];
  const long = zip64
    ? [
        ...le([4, 0x06064b50], [8, 44], [4, 0], [4, 0], [4, 0], [8, count], [8, count], [8, size], [8, at]),
        ...le([4, 0x07064b50], [4, 0], [8, at + size], [4, 1]),
      ]
    : [];
  const place = zip64
    ? le([2, 0xffff], [2, 0xffff], [4, 2 ** 32 - 1], [4, 2 ** 32 - 1])
    : le([2, count], [2, count], [4, size], [4, at]);
  const end = [...le([4, 0x06054b50], [4, 0]), ...place, ...le([2, text(comment).length]), ...text(comment)];
  return Uint8Array.from([...text(prefix), ...body, ...directory, ...long, ...end]);
}
