/** Remainders of a byte that 0 to 7 bytes of zeros follow, for eight bytes at a time; row-major, 256 each. */
const TABLES: Uint32Array = /* @__PURE__ */ makeTables();

/**
 * CRC-32 as zip has it.
 *
 * @param crc - that of the bytes before these; default: there are none
 */
export function crc32(bytes: Uint8Array, crc = 0): number {
  let rest = ~crc >>> 0;
  let at = 0;
  const eights = bytes.length - (bytes.length % 8);
  for (; at < eights; at += 8) {
    rest =
      (entry(7, (rest ^ (bytes[at] as number)) & 0xff) ^
        entry(6, ((rest >>> 8) ^ (bytes[at + 1] as number)) & 0xff) ^
        entry(5, ((rest >>> 16) ^ (bytes[at + 2] as number)) & 0xff) ^
        entry(4, (rest >>> 24) ^ (bytes[at + 3] as number)) ^
        entry(3, bytes[at + 4] as number) ^
        entry(2, bytes[at + 5] as number) ^
        entry(1, bytes[at + 6] as number) ^
        entry(0, bytes[at + 7] as number)) >>>
      0;
  }
  for (; at < bytes.length; at++) rest = entry(0, (rest ^ (bytes[at] as number)) & 0xff) ^ (rest >>> 8);
  return ~rest >>> 0;
}

function entry(zeros: number, byte: number): number {
  return TABLES[256 * zeros + byte] as number;
}

function makeTables(): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
    tables[byte] = rest;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256] as number;
    tables[at] = (tables[before & 0xff] as number) ^ (before >>> 8);
  }
  return tables;
}
