/**
 * One block of Philox4x32-10: four 32-bit words as a pure function of a 128-bit counter and a 64-bit key
 * (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 *
 * @param out - receives the four words as signed 32-bit integers
 */
export function philox(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
  out: Int32Array,
): void {
  let c0 = counter0 | 0;
  let c1 = counter1 | 0;
  let c2 = counter2 | 0;
  let c3 = counter3 | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = highProduct(c0, 0xd251, 0x1f53);
    const low0 = Math.imul(c0, 0xd2511f53);
    const high1 = highProduct(c2, 0xcd9e, 0x8d57);
    const low1 = Math.imul(c2, 0xcd9e8d57);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** High 32 bits of the unsigned product of a and the word `(upper << 16) | lower`, in 16-bit parts. */
function highProduct(a: number, upper: number, lower: number): number {
  const aLower = a & 0xffff;
  const aUpper = a >>> 16;
  const middle = (Math.imul(aUpper, lower) + (Math.imul(aLower, lower) >>> 16)) | 0;
  const carry = (Math.imul(aLower, upper) + (middle & 0xffff)) | 0;
  return (Math.imul(aUpper, upper) + (middle >>> 16) + (carry >>> 16)) | 0;
}
