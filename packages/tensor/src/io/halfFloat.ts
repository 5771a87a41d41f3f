/** Half-precision words to float32, exact, subnormals and NaN payloads included. */
export function fromFloat16(words: Uint16Array): Float32Array {
  const bits = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i++) bits[i] = expandHalf(words[i] as number);
  return new Float32Array(bits.buffer);
}

/** Float32 to half-precision words, rounded to nearest even; overflow gives infinity, NaN stays NaN. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = bitsOf(values);
  const words = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) words[i] = roundToHalf(bits[i] as number);
  return words;
}

/** bfloat16 words to float32, exact. */
export function fromBfloat16(words: Uint16Array): Float32Array {
  const bits = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i++) bits[i] = (words[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** Float32 to bfloat16 words, rounded to nearest even; NaN stays NaN. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const bits = bitsOf(values);
  const words = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) {
    const u = bits[i] as number;
    const nan = (u & 0x7fffffff) > 0x7f800000;
    if (!nan) words[i] = (u + 0x7fff + ((u >>> 16) & 1)) >>> 16;
    else words[i] = (u >>> 16) & 0x7f ? u >>> 16 : (u >>> 16) | 0x40;
  }
  return words;
}

/** The bits themselves: a NaN that passes through a number may lose its payload. */
function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function expandHalf(word: number): number {
  const sign = (word & 0x8000) << 16;
  const exponent = (word >>> 10) & 0x1f;
  const fraction = word & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

function roundToHalf(u: number): number {
  const sign = (u >>> 16) & 0x8000;
  const magnitude = u & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    const fraction = (magnitude >>> 13) & 0x3ff;
    return sign | 0x7c00 | (fraction === 0 ? 0x200 : fraction);
  }
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rebased = magnitude - 0x38000000;
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  if (magnitude < 0x33000000) return sign;
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - (magnitude >>> 23);
  const floor = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (floor + (rest > half || (rest === half && (floor & 1) === 1) ? 1 : 0));
}
