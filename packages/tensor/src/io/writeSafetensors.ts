import { CODECS, encodeElements, type StoredTensor } from "./dtype.js";

/**
 * A safetensors file, byte-equal to what the reference writer gives: tensors by descending dtype, then by name, without gaps;
 * header padded with spaces to a multiple of 8.
 *
 * @param tensors - names and tensors, such as a Map; order does not matter
 * @param metadata - keys and texts of `__metadata__`, such as a Map; written in the given order, left out if empty
 * @throws TypeError, RangeError for an array that does not suit its dtype or shape, or a name that stands twice
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, StoredTensor]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array {
  const order = [...CODECS.keys()];
  const encoder = new TextEncoder();
  const items = [...tensors]
    .map(([name, tensor]) => ({
      name,
      key: encoder.encode(name),
      rank: order.indexOf(tensor.dtype),
      tensor,
      bytes: encodeElements("writeSafetensors", name, tensor),
    }))
    .sort((a, b) => b.rank - a.rank || compareBytes(a.key, b.key));
  checkNames(items.map(({ name }) => name));

  let end = 0;
  const parts: string[] = [];
  const texts = [...metadata].map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
  if (texts.length > 0) parts.push(`"__metadata__":{${texts.join(",")}}`);
  for (const { name, tensor, bytes } of items) {
    const begin = end;
    end += bytes.length;
    const shape = tensor.shape.join(",");
    parts.push(
      `${JSON.stringify(name)}:{"dtype":"${tensor.dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`,
    );
  }
  const header = encoder.encode(`{${parts.join(",")}}`);
  const length = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(8 + length + end).fill(0x20, 8 + header.length, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(header, 8);
  let position = 8 + length;
  for (const { bytes } of items) {
    file.set(bytes, position);
    position += bytes.length;
  }
  return file;
}

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>(["__metadata__"]);
  for (const name of names) {
    if (seen.has(name)) {
      throw new RangeError(`writeSafetensors: names must be unique and not __metadata__, got ${name}; rename a tensor`);
    }
    seen.add(name);
  }
}

/** Order of the UTF-8 bytes, as the reference sorts names. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
