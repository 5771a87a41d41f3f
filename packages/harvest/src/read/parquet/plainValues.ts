import { type Dtype, decodeElements, toFloat32 } from "@monosema/tensor";

/**
 * Numbers as they are, or with the first bytes of all, then the second ones, and so on.
 *
 * @throws RangeError where the bytes end before
 */
export function plainValues(bytes: Uint8Array, dtype: Dtype, count: number, split: boolean): Float32Array {
  const size = Number(dtype.slice(1)) / 8;
  if (count * size > bytes.length) throw new RangeError(`${count} values in ${bytes.length} bytes`);
  const plain = bytes.subarray(0, count * size);
  return toFloat32(decodeElements(dtype, split ? joined(plain, size) : plain));
}

function joined(bytes: Uint8Array, size: number): Uint8Array {
  const count = bytes.length / size;
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < count; i++) for (let k = 0; k < size; k++) out[i * size + k] = bytes[k * count + i] as number;
  return out;
}
