import { FormatError, fromBfloat16, fromFloat16 } from "@monosema/tensor";

/** How some numbers lie in a file: blocks of `values` numbers in `bytes`. */
export interface Quantisation {
  /** ggml's name. */
  readonly name: string;
  /** Numbers of a block. */
  readonly values: number;
  /** Bytes of a block. */
  readonly bytes: number;
  /** The numbers of whole blocks. */
  decode(bytes: Uint8Array): Float32Array;
}

/** Numbers of a block. */
const values = 32;

/** By ggml's numbers of types. */
const quantisations: ReadonlyMap<number, Quantisation> = new Map([
  [0, { name: "F32", values: 1, bytes: 4, decode: (bytes) => new Float32Array(aligned(bytes)) }],
  [1, { name: "F16", values: 1, bytes: 2, decode: (bytes) => fromFloat16(new Uint16Array(aligned(bytes))) }],
  [30, { name: "BF16", values: 1, bytes: 2, decode: (bytes) => fromBfloat16(new Uint16Array(aligned(bytes))) }],
  [2, { name: "Q4_0", values, bytes: 18, decode: blocks(18, { codes: 2, bias: -8 }) }],
  [3, { name: "Q4_1", values, bytes: 20, decode: blocks(20, { codes: 4, least: 2 }) }],
  [6, { name: "Q5_0", values, bytes: 22, decode: blocks(22, { codes: 6, fifth: 2, bias: -16 }) }],
  [7, { name: "Q5_1", values, bytes: 24, decode: blocks(24, { codes: 8, fifth: 4, least: 2 }) }],
  [8, { name: "Q8_0", values, bytes: 34, decode: wholeBytes }],
]);

/** Names of the types that are not read, by their numbers. */
const others: Readonly<Record<number, string>> = {
  ...{ 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS" },
  ...{
    18: "IQ3_XXS",
    19: "IQ1_S",
    20: "IQ4_NL",
    21: "IQ3_S",
    22: "IQ2_S",
    23: "IQ4_XS",
    24: "I8",
    25: "I16",
    26: "I32",
  },
  ...{ 27: "I64", 28: "F64", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4" },
};

/** The quantisation of a tensor; FormatError `unsupported-quantisation` with its name for one that is not read. */
export function quantisationOf(type: number, tensor: string, file: string): Quantisation {
  const found = quantisations.get(type);
  if (found !== undefined) return found;
  const names = [...quantisations.values()].map(({ name }) => name).join(", ");
  const message = `${tensor} must be of ${names}, got ${others[type] ?? `type ${type}`}; take the file in Q8_0 or F16, or convert it: llama-quantize --allow-requantize`;
  throw new FormatError("unsupported-quantisation", message, { file, tensor });
}

/** The same where it is known. */
export function knownQuantisation(type: number): Quantisation | undefined {
  return quantisations.get(type);
}

/** Places within a block of four or five bits: a float16 scale, and what else it has. */
interface BlockLayout {
  /** Sixteen bytes of codes: low halves for the first sixteen numbers, high ones for the others. */
  readonly codes: number;
  /** Four bytes with the fifth bit of every code. */
  readonly fifth?: number;
  /** The float16 that is added. */
  readonly least?: number;
  /** What is added to a code. */
  readonly bias?: number;
}

function blocks(size: number, { codes, fifth, least, bias = 0 }: BlockLayout): (bytes: Uint8Array) => Float32Array {
  return (bytes) => {
    const scales = halvesAt(bytes, size, 0);
    const added = least === undefined ? undefined : halvesAt(bytes, size, least);
    const numbers = new Float32Array((bytes.length / size) * values);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let b = 0, at = 0, to = 0; b < scales.length; b++, at += size, to += values) {
      const scale = scales[b] as number;
      const offset = added?.[b] ?? 0;
      const high = fifth === undefined ? 0 : view.getUint32(at + fifth, true);
      for (let i = 0; i < 16; i++) {
        const pair = bytes[at + codes + i] as number;
        const [low, up] = [(pair & 15) | (((high >>> i) & 1) << 4), (pair >> 4) | (((high >>> (i + 16)) & 1) << 4)];
        numbers[to + i] = scale * (low + bias) + offset;
        numbers[to + 16 + i] = scale * (up + bias) + offset;
      }
    }
    return numbers;
  };
}

/** A float16 scale and 32 signed bytes. */
function wholeBytes(bytes: Uint8Array): Float32Array {
  const size = 34;
  const scales = halvesAt(bytes, size, 0);
  const codes = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float32Array(scales.length * values);
  for (let i = 0; i < numbers.length; i++) {
    const b = Math.floor(i / values);
    numbers[i] = (scales[b] as number) * (codes[b * size + 2 + (i % values)] as number);
  }
  return numbers;
}

/** The float16 at a place of every block. */
function halvesAt(bytes: Uint8Array, size: number, place: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return fromFloat16(
    Uint16Array.from({ length: bytes.length / size }, (_, b) => view.getUint16(b * size + place, true)),
  );
}

const aligned = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
