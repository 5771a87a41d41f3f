import { describe, expect, it } from "vitest";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "../src/io/halfFloat.js";

const allWords = Uint16Array.from({ length: 65536 }, (_, i) => i);

/** The value of a half by its definition. */
const halfByDefinition = (word: number): number => {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >> 10) & 31;
  const fraction = (word & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
};

describe("float16", () => {
  it("decodes all 65,536 words exactly, subnormals included", () => {
    expect(fromFloat16(allWords)).toEqual(Float32Array.from(allWords, halfByDefinition));
  });

  it("encodes every decoded word back to itself, NaN payloads included", () => {
    expect(toFloat16(fromFloat16(allWords))).toEqual(allWords);
  });

  it("rounds to the nearest half, ties to even, between any two neighbours", () => {
    for (let word = 0; word < 0x7bff; word++) {
      const [low, high] = [halfByDefinition(word), halfByDefinition(word + 1)];
      const middle = (low + high) / 2;
      const tie = word % 2 === 0 ? word : word + 1;
      const got = toFloat16(
        Float32Array.of(middle, low + (middle - low) * 0.75, high - (high - middle) * 0.75, -middle),
      );
      expect([...got]).toEqual([tie, word, word + 1, tie | 0x8000]);
    }
  });

  it("overflows to infinity from 65520 and underflows to zero below 2^-25", () => {
    const values = Float32Array.of(
      65519.99,
      65520,
      1e30,
      Number.POSITIVE_INFINITY,
      2 ** -25,
      2 ** -24.9,
      1e-30,
      -1e-30,
    );
    expect([...toFloat16(values)]).toEqual([0x7bff, 0x7c00, 0x7c00, 0x7c00, 0, 1, 0, 0x8000]);
    expect(fromFloat16(toFloat16(Float32Array.of(Number.NaN)))[0]).toBeNaN();
  });
});

describe("bfloat16", () => {
  it("decodes by shifting and encodes every decoded word back to itself", () => {
    expect(fromBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x7f80))).toEqual(
      Float32Array.of(1, -2, Number.POSITIVE_INFINITY),
    );
    expect(toBfloat16(fromBfloat16(allWords))).toEqual(allWords);
  });

  it("rounds to nearest even and keeps a NaN a NaN", () => {
    const bits = Uint32Array.of(0x3f808000, 0x3f818000, 0x3f808001, 0x3f807fff, 0x7f7fffff, 0x7f800001);
    expect([...toBfloat16(new Float32Array(bits.buffer))]).toEqual([0x3f80, 0x3f82, 0x3f81, 0x3f80, 0x7f80, 0x7fc0]);
  });
});
