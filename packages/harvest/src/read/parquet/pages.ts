import { type ByteSource, FormatError } from "@monosema/tensor";
import { type CompactStruct, compactStruct } from "./compactStruct.js";

/** A page of a column, of which nothing but the header was read. */
export interface Page {
  /** What it holds. */
  readonly kind: "dictionary" | "data" | "data2";
  /** First byte after its header, from the start of the file. */
  readonly offset: number;
  /** Bytes in the file. */
  readonly size: number;
  /** Bytes once decompressed. */
  readonly plainSize: number;
  /** Values in it, absent ones included. */
  readonly values: number;
  /** Number of the encoding of its values. */
  readonly encoding: number;
  /** Version 2: bytes of repetition and of definition levels, which are not compressed, and whether the rest is. */
  readonly levels?: { readonly repetition: number; readonly definition: number; readonly compressed: boolean };
}

/** Bytes of a header that are read at first; few have more. */
const usual = 256;
const longest = 2 ** 20;
/** A page has a megabyte as a rule. */
const largestPage = 2 ** 28;

/**
 * Walks through the pages of a chunk.
 *
 * @param start - its first byte
 * @param end - the byte after its last
 * @throws FormatError `parquet-page`
 */
export async function readPages(source: ByteSource, start: number, end: number): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (let at = start; at < end; ) {
    const { struct, length } = await headerAt(source, at, end);
    const page = pageOf(struct, at + length);
    const counts = page && [page.size, page.plainSize, page.values];
    if (page === undefined) {
      at += length + count(struct, 3); // a kind that holds no values
    } else if (counts?.every((value) => value >= 0 && value <= largestPage) && page.offset + page.size <= end) {
      pages.push(page);
      at = page.offset + page.size;
    } else {
      throw bad(
        source,
        `the page at byte ${at} must end before byte ${end} and have at most ${largestPage} bytes, got one of ${page.size} and ${page.plainSize}`,
      );
    }
  }
  return pages;
}

async function headerAt(source: ByteSource, at: number, end: number): Promise<ReturnType<typeof compactStruct>> {
  for (let bytes = usual; ; bytes *= 8) {
    const some = Math.min(bytes, end - at);
    try {
      return compactStruct(await source.read(at, some));
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      if (some < bytes || bytes > longest)
        throw bad(source, `the page at byte ${at} must have a header, got: ${cause.message}`);
    }
  }
}

/** Fields by the numbers of parquet.thrift. */
function pageOf(header: CompactStruct, offset: number): Page | undefined {
  const kind = header.get(1);
  const common = { offset, plainSize: count(header, 2), size: count(header, 3) };
  const [data, dictionary, data2] = [5, 7, 8].map((field) => {
    const value = header.get(field);
    return value instanceof Map ? (value as CompactStruct) : undefined;
  });
  if (kind === 0 && data) return { kind: "data", ...common, values: count(data, 1), encoding: count(data, 2) };
  if (kind === 2 && dictionary) {
    return { kind: "dictionary", ...common, values: count(dictionary, 1), encoding: count(dictionary, 2) };
  }
  if (kind !== 3 || data2 === undefined) return undefined;
  const levels = { definition: count(data2, 5), repetition: count(data2, 6), compressed: data2.get(7) !== false };
  return { kind: "data2", ...common, values: count(data2, 1), encoding: count(data2, 4), levels };
}

/** A field that must be a number of at least 0; else one that no page may have. */
function count(struct: CompactStruct, field: number): number {
  const value = struct.get(field);
  return typeof value === "number" && value >= 0 ? value : Number.POSITIVE_INFINITY;
}

const bad = ({ name }: ByteSource, message: string): FormatError =>
  new FormatError("parquet-page", `${message}; save the file again`, { file: name });
