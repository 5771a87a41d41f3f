import { FormatError } from "../../errors.js";
import { type ByteSource, bytesSource, rangeSource } from "../byteSource.js";
import { crc32 } from "./crc32.js";
import { LOCAL_HEADER_SIZE, type PlacedEntry } from "./directory.js";
import { inflate } from "./inflate.js";

/** One file of a zip as bytes that can be read in parts. */
export interface ZipEntrySource extends ByteSource {
  /**
   * Reads the file once and compares its CRC-32; further calls do nothing. Ranges are not checked before.
   *
   * @throws FormatError `zip-crc`
   */
  verify(): Promise<void>;
}

const LOCAL_HEADER = 0x04034b50;
/** Bytes that are read at a time to be checked. */
const partBytes = 2 ** 22;

/** Opens an entry: a stored one is a range of the source; a deflated one is inflated and checked at once. */
export async function openEntry(source: ByteSource, entry: PlacedEntry): Promise<ZipEntrySource> {
  const begin = await dataStart(source, entry);
  const name = `${source.name}/${entry.name}`;
  if (entry.method !== 0) {
    const content = bytesSource(await inflate(source, { ...entry, begin }), name);
    await checkCrc(content, entry, source.name);
    return { ...content, verify: async () => {} };
  }
  const content = rangeSource(source, begin, entry.size, name);
  let verified: Promise<void> | undefined;
  const verify = (): Promise<void> => {
    verified ??= checkCrc(content, entry, source.name);
    return verified;
  };
  return { ...content, verify };
}

/**
 * First byte of the data: behind the local header, of which the lengths are needed and the name is compared.
 *
 * @throws FormatError `zip-directory`, `zip-name`, `zip-size`
 */
export async function dataStart(
  source: ByteSource,
  { name, offset, compressedSize, limit }: PlacedEntry,
): Promise<number> {
  const header = await source.read(offset, LOCAL_HEADER_SIZE);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const at = { file: source.name };
  if (view.getUint32(0, true) !== LOCAL_HEADER) {
    throw new FormatError(
      "zip-directory",
      `${name} must begin at byte ${offset}, got other bytes; the zip is damaged`,
      at,
    );
  }
  const nameAt = offset + LOCAL_HEADER_SIZE;
  const nameLength = view.getUint16(26, true);
  const begin = nameAt + nameLength + view.getUint16(28, true);
  if (begin + compressedSize > limit) {
    const message = `${name} must end before byte ${limit}, where something else begins; the zip is damaged`;
    throw new FormatError("zip-size", message, at);
  }
  const local = new TextDecoder().decode(await source.read(nameAt, nameLength));
  if (local !== name) {
    const message = `both names of an entry must be equal, got ${JSON.stringify(name)} and ${JSON.stringify(local)}; the zip is damaged`;
    throw new FormatError("zip-name", message, at);
  }
  return begin;
}

async function checkCrc(content: ByteSource, entry: PlacedEntry, file: string): Promise<void> {
  if (entry.crc === undefined) return;
  let crc = 0;
  for (let at = 0; at < content.size; at += partBytes) {
    crc = crc32(await content.read(at, Math.min(partBytes, content.size - at)), crc);
  }
  if (crc === entry.crc) return;
  const [wanted, got] = [entry.crc, crc].map((number) => number.toString(16).padStart(8, "0"));
  throw new FormatError("zip-crc", `${entry.name} must have CRC-32 ${wanted}, got ${got}; fetch the file again`, {
    file,
  });
}
