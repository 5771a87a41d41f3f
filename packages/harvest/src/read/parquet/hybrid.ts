/**
 * Decodes `count` whole numbers of parquet's hybrid of runs and packed bits.
 *
 * @param width - bits of a number, 0 to 32
 * @throws RangeError where the bytes end before
 */
export function decodeHybrid(bytes: Uint8Array, width: number, count: number): Uint32Array {
  const out = new Uint32Array(count);
  if (width === 0) return out;
  if (width > 32) throw new RangeError(`numbers of ${width} bits`);
  let [at, done] = [0, 0];
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new RangeError(`${count} levels or indices end after ${done}`);
    return value;
  };
  while (done < count) {
    const head = varint(byte);
    const length = Math.floor(head / 2);
    if (length === 0) throw new RangeError("a run of no levels or indices");
    if (head % 2 === 0) {
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value += byte() * 2 ** shift;
      out.fill(value, done, done + length);
      done += length;
      continue;
    }
    // Groups of eight numbers, the lowest bits first; the last group may end past the count.
    let [bits, held] = [0, 0];
    const end = Math.min(count, done + 8 * length);
    const next = at + length * width;
    for (; done < end; done++) {
      for (; held < width; held += 8) bits += byte() * 2 ** held;
      out[done] = bits % 2 ** width;
      bits = Math.floor(bits / 2 ** width);
      held -= width;
    }
    at = next;
  }
  return out;
}

function varint(byte: () => number): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const part = byte();
    value += (part & 127) * 2 ** shift;
    if (part < 128) return value;
  }
  throw new RangeError("a run of more than 2^32 levels or indices");
}
