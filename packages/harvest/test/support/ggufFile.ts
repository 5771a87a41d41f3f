/** A tensor of a GGUF file that is written for a test. */
export interface GgufTensor {
  /** Its name. */
  readonly name: string;
  /** Sizes from the slowest axis on. */
  readonly shape: readonly number[];
  /** Number of ggml's type. */
  readonly type: number;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/** Metadata: whole numbers as uint32, others as float32, texts, and lists of texts or whole numbers. */
export type GgufMetadata = Readonly<
  Record<string, number | string | readonly string[] | readonly number[] | { readonly float: number }>
>;

/** A GGUF file. */
export function ggufFile(metadata: GgufMetadata, tensors: readonly GgufTensor[], version = 3): Uint8Array {
  const entries = Object.entries(metadata);
  const parts = [Buffer.from("GGUF"), u32(version), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) parts.push(text(key), ...typed(value));
  let offset = 0;
  for (const { name, shape, type, bytes } of tensors) {
    parts.push(text(name), u32(shape.length), ...[...shape].reverse().map(u64), u32(type), u64(offset));
    offset += padded(bytes.length);
  }
  const header = Buffer.concat(parts);
  const data = tensors.map(({ bytes }) => Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]));
  return Buffer.concat([header, Buffer.alloc(padded(header.length) - header.length), ...data]);
}

/** Float32 numbers as a tensor. */
export function f32Tensor(name: string, shape: readonly number[], values: Float32Array): GgufTensor {
  return { name, shape, type: 0, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function typed(value: GgufMetadata[string]): Buffer[] {
  if (typeof value === "string") return [u32(8), text(value)];
  if (typeof value === "number") return [u32(4), u32(value)];
  if ("float" in value) return [u32(6), Buffer.from(Float32Array.of(value.float).buffer)];
  const ofTexts = typeof value[0] === "string";
  return [
    u32(9),
    u32(ofTexts ? 8 : 4),
    u64(value.length),
    ...value.map((item) => (typeof item === "string" ? text(item) : u32(item))),
  ];
}

const padded = (size: number): number => Math.ceil(size / 32) * 32;
const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
