import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../src/errors.js";
import { bytesSource } from "../src/io/byteSource.js";
import { type Dtype, type StoredTensor, toNumbers } from "../src/io/dtype.js";
import { openSafetensors, readSafetensors } from "../src/io/safetensors.js";
import { writeSafetensors } from "../src/io/writeSafetensors.js";

const text = new TextEncoder();

/** A file from a header text and a number of data bytes; `length` overrides the stored header length. */
const fileOf = (header: string | Uint8Array, dataBytes = 0, length?: bigint): Uint8Array => {
  const bytes = typeof header === "string" ? text.encode(header) : header;
  const file = new Uint8Array(8 + bytes.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(bytes.length), true);
  file.set(bytes, 8);
  return file;
};

const codeOf = (bytes: Uint8Array): string => {
  try {
    readSafetensors(bytes, "f.safetensors");
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
  return "read";
};

const headerOf = (bytes: Uint8Array): { length: bigint; header: string } => {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  return { length, header: new TextDecoder().decode(bytes.subarray(8, 8 + Number(length))) };
};

const f32 = (shape: number[]): StoredTensor => ({
  dtype: "F32",
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

describe("writeSafetensors", () => {
  it("gives the reference's golden bytes", () => {
    const golden = headerOf(writeSafetensors([["attn.0", f32([1, 2, 3])]]));
    expect(golden).toEqual({ length: 64n, header: '{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}' });
    const padded = headerOf(writeSafetensors([["attn0", f32([1, 1, 2, 3])]]));
    expect(padded.length).toBe(72n);
    expect(padded.header).toBe(`{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}${" ".repeat(7)}`);
    expect([...writeSafetensors([])]).toEqual([8, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d, 32, 32, 32, 32, 32, 32]);
    const metadata = headerOf(writeSafetensors([], [["framework", "pt"]]));
    expect(metadata).toEqual({ length: 40n, header: `{"__metadata__":{"framework":"pt"}}${" ".repeat(5)}` });
  });

  it("sorts by descending dtype, then by the bytes of the name", () => {
    const of = (dtype: Dtype, data: StoredTensor["data"]): StoredTensor => ({ dtype, shape: [1], data });
    const bytes = writeSafetensors([
      ["bool", of("BOOL", Uint8Array.of(1))],
      ["b", of("F32", Float32Array.of(1))],
      ["\u{1f600}", of("F32", Float32Array.of(2))],
      ["\uff5e", of("F32", Float32Array.of(3))],
      ["a", of("F32", Float32Array.of(4))],
      ["u64", of("U64", BigUint64Array.of(5n))],
      ["bf", of("BF16", Float32Array.of(6))],
      ["f16", of("F16", Float32Array.of(7))],
      ["f64", of("F64", Float64Array.of(8))],
    ]);
    expect([...readSafetensors(bytes).tensors.keys()]).toEqual([
      "u64",
      "f64",
      "a",
      "b",
      "\uff5e",
      "\u{1f600}",
      "bf",
      "f16",
      "bool",
    ]);
  });

  it("refuses arrays that do not suit their dtype, shape or name", () => {
    expect(() => writeSafetensors([["a", { dtype: "F32", shape: [1], data: Float64Array.of(1) }]])).toThrow(
      /^writeSafetensors: a with dtype F32 must be a Float32Array, got Float64Array/,
    );
    expect(() => writeSafetensors([["a", { dtype: "F32", shape: [2], data: Float32Array.of(1) }]])).toThrow(RangeError);
    expect(() =>
      writeSafetensors([
        ["a", f32([1])],
        ["a", f32([1])],
      ]),
    ).toThrow(/unique/);
    expect(() => writeSafetensors([["__metadata__", f32([1])]])).toThrow(/__metadata__/);
  });
});

describe("readSafetensors", () => {
  const entry = (dtype: string, shape: string, offsets: string): string =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

  it.each<[string, string, Uint8Array]>([
    ["header-too-small", "fewer than 8 bytes", new Uint8Array(7)],
    ["header-too-large", "a header length of 2^64 - 1", fileOf("{}", 0, 2n ** 64n - 1n)],
    ["header-too-large", "a header length just past the limit", fileOf("{}", 0, 100_000_001n)],
    ["header-length", "a header past the end", fileOf("{}", 0, 3n)],
    ["header-not-utf8", "bytes that are not UTF-8", fileOf(Uint8Array.of(0x7b, 0xff, 0x7d))],
    ["header-not-utf8", "not UTF-8 before the missing brace", fileOf(Uint8Array.of(0xff, 0x7b, 0x7d))],
    ["header-start", "a space before the brace", fileOf(" {}")],
    ["header-start", "a byte order mark", fileOf("\ufeff{}")],
    ["header-start", "an empty header", fileOf("")],
    ["header-json", "text that is not JSON", fileOf("{oops}")],
    ["header-json", "an entry that is no object", fileOf('{"a":1}')],
    ["header-json", "an entry without a field", fileOf('{"a":{"dtype":"F32","shape":[1]}}', 4)],
    ["header-json", "a negative size", fileOf(`{"a":${entry("F32", "[-1]", "[0,4]")}}`, 4)],
    ["header-json", "a fractional offset", fileOf(`{"a":${entry("F32", "[1]", "[0,4.5]")}}`, 4)],
    ["header-json", "a size beyond 2^53", fileOf(`{"a":${entry("F32", "[9007199254740992]", "[0,4]")}}`, 4)],
    ["header-json", "three offsets", fileOf(`{"a":${entry("F32", "[1]", "[0,4,4]")}}`, 4)],
    ["header-json", "metadata that is not text", fileOf('{"__metadata__":{"a":1}}')],
    [
      "duplicate-key",
      "a name that stands twice",
      fileOf(`{"a":${entry("U8", "[0]", "[0,0]")},"\\u0061":${entry("U8", "[0]", "[0,0]")}}`),
    ],
    ["unsupported-dtype", "an 8-bit float", fileOf(`{"a":${entry("F8_E4M3", "[1]", "[0,1]")}}`, 1)],
    ["bad-offset", "a hole", fileOf(`{"a":${entry("U8", "[1]", "[1,2]")}}`, 2)],
    ["bad-offset", "an overlap", fileOf(`{"a":${entry("U8", "[2]", "[0,2]")},"b":${entry("U8", "[2]", "[1,3]")}}`, 3)],
    ["bad-offset", "an end before the begin", fileOf(`{"a":${entry("U8", "[2]", "[2,0]")}}`, 2)],
    ["overflow", "a product beyond 2^53", fileOf(`{"a":${entry("F32", "[4294967296,4294967296]", "[0,4]")}}`, 4)],
    ["overflow", "bytes beyond 2^53", fileOf(`{"a":${entry("F64", "[4503599627370496]", "[0,4]")}}`, 4)],
    ["size-mismatch", "fewer bytes than the shape needs", fileOf(`{"a":${entry("F32", "[2]", "[0,4]")}}`, 4)],
    ["incomplete-buffer", "trailing bytes", fileOf(`{"a":${entry("F32", "[1]", "[0,4]")}}`, 5)],
    ["incomplete-buffer", "missing bytes", fileOf(`{"a":${entry("F32", "[1]", "[0,4]")}}`, 3)],
  ])("refuses with %s: %s", async (code, _, bytes) => {
    expect(codeOf(bytes)).toBe(code);
    await expect(openSafetensors(bytesSource(bytes, "f.safetensors"))).rejects.toMatchObject({ code });
  });

  it("names the file and the tensor in the error", () => {
    const bytes = fileOf(`{"w":${entry("F8_E5M2", "[1]", "[0,1]")}}`, 1);
    expect(() => readSafetensors(bytes, "sae.safetensors")).toThrow(
      /^sae\.safetensors: dtype of w .*F8_E5M2.*\[unsupported-dtype\]$/,
    );
    try {
      readSafetensors(bytes, "sae.safetensors");
    } catch (error) {
      expect((error as FormatError).at).toEqual({ file: "sae.safetensors", tensor: "w" });
    }
  });

  it("accepts what is legal: scalars, empty axes, any JSON escapes, trailing spaces, a tensor called __proto__", () => {
    const tensors = new Map<string, StoredTensor>([
      ["__proto__", f32([2])],
      ["scalar", f32([])],
      ["empty", f32([0, 3])],
      ['quote " : { and \\ newline\n', f32([1])],
    ]);
    const { tensors: back, metadata } = readSafetensors(writeSafetensors(tensors, [["__proto__", "x"]]));
    expect(new Set(back.keys())).toEqual(new Set(tensors.keys()));
    expect(back.get("__proto__")?.data).toEqual(Float32Array.of(0, 1));
    expect(back.get("scalar")?.data.length).toBe(1);
    expect(back.get("empty")?.data.length).toBe(0);
    expect([...metadata]).toEqual([["__proto__", "x"]]);
  });

  it("reads data that do not lie aligned", () => {
    const bytes = fileOf(`{"a":${entry("F32", "[1]", "[0,4]")}} `, 4);
    for (const shift of [0, 1, 2, 3]) {
      const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
      shifted.set(bytes);
      new DataView(shifted.buffer).setFloat32(shift + bytes.length - 4, 1.5, true);
      expect(readSafetensors(shifted).tensors.get("a")?.data).toEqual(Float32Array.of(1.5));
    }
  });

  it("gives 64-bit integers whole and refuses to round them", () => {
    const data = BigInt64Array.of(3n, -(2n ** 53n));
    const read = readSafetensors(writeSafetensors([["i", { dtype: "I64", shape: [2], data }]])).tensors.get("i");
    expect(read?.data).toEqual(data);
    expect(() => toNumbers(data, { file: "f", tensor: "i" })).toThrow(
      /^f: integers of i .* -9007199254740992 at index 1.*\[unsafe-integer\]/,
    );
    expect(toNumbers(BigInt64Array.of(2n ** 53n - 1n, -4n))).toEqual(Float64Array.of(2 ** 53 - 1, -4));
  });
});

describe("openSafetensors", () => {
  it("reads single tensors and rows, and names an absent tensor", async () => {
    const file = await openSafetensors(
      bytesSource(
        writeSafetensors([
          ["m", f32([4, 3])],
          ["s", f32([])],
        ]),
        "f",
      ),
    );
    expect((await file.readTensor("m")).data).toEqual(f32([4, 3]).data);
    expect(await file.readRows("m", 1, 2)).toEqual({
      dtype: "F32",
      shape: [2, 3],
      data: Float32Array.of(3, 4, 5, 6, 7, 8),
    });
    await expect(file.readRows("m", 3, 2)).rejects.toThrow(RangeError);
    await expect(file.readRows("s", 0, 1)).rejects.toMatchObject({ code: "bad-shape" });
    await expect(file.readTensor("x")).rejects.toMatchObject({
      code: "tensor-not-found",
      at: { file: "f", tensor: "x" },
    });
  });
});

const bytesPer: [Dtype, number][] = [
  ["BOOL", 1],
  ["U8", 1],
  ["I8", 1],
  ["I16", 2],
  ["U16", 2],
  ["F16", 2],
  ["BF16", 2],
  ["I32", 4],
  ["U32", 4],
  ["F32", 4],
  ["F64", 8],
  ["I64", 8],
  ["U64", 8],
];

/** Any valid file: random names, dtypes and bytes (every bit pattern, so NaN payloads too). */
const anyFile = fc
  .uniqueArray(
    fc.record({
      name: fc.string({ unit: "binary", maxLength: 6 }).filter((name) => name !== "__metadata__"),
      type: fc.constantFrom(...bytesPer),
      rows: fc.nat(3),
      raw: fc.uint8Array({ minLength: 24, maxLength: 24 }),
    }),
    { selector: ({ name }) => name, maxLength: 5 },
  )
  .map((items) => {
    let end = 0;
    const parts: string[] = [];
    const chunks: number[] = [];
    for (const { name, type, rows, raw } of items) {
      const size = rows * type[1];
      parts.push(
        `${JSON.stringify(name)}:{"dtype":"${type[0]}","shape":[${rows}],"data_offsets":[${end},${end + size}]}`,
      );
      chunks.push(...raw.subarray(0, size));
      end += size;
    }
    const bytes = fileOf(`{${parts.join(",")}}`, end);
    bytes.set(chunks, bytes.length - end);
    return bytes;
  });

describe("safetensors, for any input", () => {
  it("writes back every bit that it read", () => {
    fc.assert(
      fc.property(anyFile, (bytes) => {
        const first = readSafetensors(bytes);
        const written = writeSafetensors(first.tensors, first.metadata);
        const second = readSafetensors(written);
        for (const [name, { dtype, shape, data }] of first.tensors) {
          const back = second.tensors.get(name) as StoredTensor;
          expect({ dtype: back.dtype, shape: back.shape }).toEqual({ dtype, shape });
          expect(new Uint8Array(back.data.buffer, back.data.byteOffset, back.data.byteLength)).toEqual(
            new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
          );
        }
        expect(writeSafetensors(second.tensors, second.metadata)).toEqual(written);
      }),
    );
  });

  it("fails with a FormatError only, on random bytes and on damaged files", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof codeOf(bytes) === "string"));
    fc.assert(
      fc.property(anyFile, fc.nat(), fc.nat(255), fc.boolean(), (bytes, where, value, cut) => {
        const damaged = cut ? bytes.slice(0, where % (bytes.length + 1)) : bytes.slice();
        if (!cut) damaged[where % damaged.length] = value;
        expect(typeof codeOf(damaged)).toBe("string");
      }),
      { numRuns: 1000 },
    );
  });
});
