import { type ByteSource, FormatError } from "@monosema/tensor";
import type { CompressionCodec, Compressors } from "hyparquet";
import { decodeHybrid } from "./hybrid.js";
import type { Leaf } from "./leaf.js";
import type { Page } from "./pages.js";
import { plainValues } from "./plainValues.js";

/** The numbers of a page, and where lists begin among them. */
export interface PageValues {
  /** All numbers. */
  readonly values: Float32Array;
  /** For each, the level of lists at which it goes on: the deepest within a list; empty for a column without lists. */
  readonly repetition: Uint32Array;
}

/** How the pages of a chunk are decoded. */
export interface Decoder {
  /** The column. */
  readonly leaf: Leaf;
  /** Compression of all its pages. */
  readonly codec: CompressionCodec;
  /** The numbers that indices stand for. */
  readonly dictionary?: Float32Array;
}

/** Encodings by the numbers of parquet.thrift. */
const [PLAIN, OLD_DICTIONARY, DICTIONARY, BYTE_STREAM_SPLIT] = [0, 2, 8, 9];

/**
 * Reads and decodes a page.
 *
 * @throws FormatError `parquet-page`, `unsupported-encoding`, `unsupported-compression`, `null-values`
 */
export async function decodePage(source: ByteSource, page: Page, decoder: Decoder): Promise<PageValues> {
  const { leaf } = decoder;
  const at = { file: source.name, tensor: leaf.name };
  const bytes = await source.read(page.offset, page.size);
  const decompress = await decompressor(decoder.codec, at);
  try {
    const parts = page.levels
      ? partsOfVersion2(bytes, page, page.levels, decompress)
      : partsOfVersion1(bytes, page, leaf, decompress);
    const absent =
      parts.definition &&
      decodeHybrid(parts.definition, bits(leaf.optional), page.values).some((level) => level !== leaf.optional);
    if (absent) {
      const message = `${leaf.name} must have no nulls and no empty lists, got some; leave these rows out`;
      throw new FormatError("null-values", message, at);
    }
    const repetition = parts.repetition && decodeHybrid(parts.repetition, bits(leaf.lists), page.values);
    return { values: decodeValues(parts.values, page, decoder, at), repetition: repetition ?? new Uint32Array(0) };
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `the page at byte ${page.offset} must hold ${page.values} values of ${leaf.name}, got: ${reason}; save the file again`;
    throw new FormatError("parquet-page", message, at);
  }
}

/** Whether the values of a page are indices into a dictionary. */
export const usesDictionary = ({ encoding }: Pick<Page, "encoding">): boolean =>
  encoding === DICTIONARY || encoding === OLD_DICTIONARY;

interface Parts {
  readonly repetition?: Uint8Array;
  readonly definition?: Uint8Array;
  readonly values: Uint8Array;
}

type Decompress = (bytes: Uint8Array, length: number) => Uint8Array;

/** Version 1: all is compressed together, and levels begin with their length. */
function partsOfVersion1(
  bytes: Uint8Array,
  { plainSize, kind }: Page,
  { lists, optional }: Leaf,
  decompress: Decompress,
): Parts {
  const plain = decompress(bytes, plainSize);
  if (kind === "dictionary") return { values: plain };
  let at = 0;
  const levels = (): Uint8Array => {
    const length = new DataView(plain.buffer, plain.byteOffset, plain.length).getUint32(at, true);
    if (at + 4 + length > plain.length) throw new RangeError(`levels of ${length} bytes`);
    at += 4 + length;
    return plain.subarray(at - length, at);
  };
  const repetition = lists > 0 ? { repetition: levels() } : {};
  const definition = optional > 0 ? { definition: levels() } : {};
  return { ...repetition, ...definition, values: plain.subarray(at) };
}

/** Version 2: levels stand before what may be compressed, and their lengths in the header of the page. */
function partsOfVersion2(
  bytes: Uint8Array,
  { plainSize }: Page,
  { repetition, definition, compressed }: NonNullable<Page["levels"]>,
  decompress: Decompress,
): Parts {
  const levels = repetition + definition;
  if (levels > bytes.length || levels > plainSize) throw new RangeError(`levels of ${levels} bytes`);
  const rest = bytes.subarray(levels);
  return {
    ...(repetition > 0 ? { repetition: bytes.subarray(0, repetition) } : {}),
    ...(definition > 0 ? { definition: bytes.subarray(repetition, levels) } : {}),
    values: compressed && plainSize > levels ? decompress(rest, plainSize - levels) : rest,
  };
}

function decodeValues(
  bytes: Uint8Array,
  { encoding, values, kind }: Page,
  { leaf, dictionary }: Decoder,
  at: { readonly file: string },
): Float32Array {
  if (encoding === PLAIN || encoding === BYTE_STREAM_SPLIT || kind === "dictionary") {
    return plainValues(bytes, leaf.dtype, values, encoding === BYTE_STREAM_SPLIT);
  }
  if (!usesDictionary({ encoding })) {
    const message = `values must be plain, in a dictionary or split by bytes, got encoding ${encoding}; save the file with the default one`;
    throw new FormatError("unsupported-encoding", message, at);
  }
  const [width] = bytes;
  if (width === undefined || dictionary === undefined) throw new RangeError("no dictionary or no indices");
  const indices = decodeHybrid(bytes.subarray(1), width, values);
  const out = new Float32Array(values);
  for (let i = 0; i < values; i++) {
    const index = indices[i] as number;
    if (index >= dictionary.length) throw new RangeError(`index ${index} of ${dictionary.length} entries`);
    out[i] = dictionary[index] as number;
  }
  return out;
}

/** Bits of a level up to `most`. */
const bits = (most: number): number => 32 - Math.clz32(most);

async function decompressor(codec: CompressionCodec, at: { readonly file: string }): Promise<Decompress> {
  if (codec === "UNCOMPRESSED") return (bytes) => bytes;
  const library = await import("hyparquet-compressors");
  const known: Compressors = {
    ...library.compressors,
    ZSTD: (bytes, length) => library.decompressZstd(bytes, new Uint8Array(length)),
  };
  const decompress = known[codec];
  if (decompress === undefined) {
    const message = `pages must be compressed by ${Object.keys(known).join(", ")}, got ${codec}; save the file with one of them`;
    throw new FormatError("unsupported-compression", message, at);
  }
  return (bytes, length) => {
    const plain = decompress(bytes, length);
    if (plain.length !== length) throw new RangeError(`${plain.length} bytes for ${length}`);
    return plain;
  };
}
