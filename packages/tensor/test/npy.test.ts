import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../src/errors.js";
import { bytesSource } from "../src/io/byteSource.js";
import type { Dtype, StoredTensor } from "../src/io/dtype.js";
import { openNpy, readNpy, writeNpy } from "../src/io/npy.js";
import { npyHeader } from "../src/io/npyHeader.js";
import { placeColumnMajor } from "../src/io/rowMajor.js";

const shared = process.env.MONOSEMA_SHARED ?? new URL("../../../../shared", import.meta.url).pathname;
const activations = `${shared}/data/sae/rf-topk/activations_10dB_f32.npy`;

/** An npy file with any header text, as a foreign writer would make it. */
const fileOf = (
  header: string,
  data: Uint8Array = new Uint8Array(0),
  version: [number, number] = [1, 0],
): Uint8Array => {
  const text = new TextEncoder().encode(header);
  const prefix = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, ...version, text.length & 255, (text.length >> 8) & 255];
  if (version[0] > 1) prefix.push(text.length >> 16, 0);
  return Uint8Array.from([...prefix, ...text, ...data]);
};

const dict = (descr: string, shape: string, fortran = "False"): string =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

const bytesOf = (data: StoredTensor["data"]): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const codeOf = (bytes: Uint8Array): string => {
  try {
    readNpy(bytes, "f.npy");
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
  return "read";
};

describe("npyHeader", () => {
  // Lengths and texts are those of numpy 2.4.6.
  it.each<[string, number[], number]>([
    ["<f4", [], 118],
    ["<f8", [3], 118],
    ["<i8", [2, 3], 118],
    ["|u1", [100_000, 1], 118],
    ["<f2", [1, 2, 3], 118],
    ["|b1", [0, 4], 118],
  ])("is numpy's for %s %j", (descr, shape, length) => {
    const header = npyHeader(descr, shape);
    expect([...header.subarray(0, 10)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length, 0]);
    const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
    const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
    expect(new TextDecoder().decode(header.subarray(10))).toBe(`${text.padEnd(length - 1)}\n`);
  });

  it("refuses types that npy lacks and shapes that are none", () => {
    expect(() => npyHeader("bfloat16", [1])).toThrow(/^npyHeader: descr must be one of .*, got bfloat16/);
    expect(() => npyHeader("<f4", [-1])).toThrow(RangeError);
  });
});

describe("readNpy", () => {
  it.skipIf(!existsSync(activations))("rewrites numpy's own file byte for byte (needs the shared data folder)", () => {
    const bytes = new Uint8Array(readFileSync(activations));
    const array = readNpy(bytes);
    expect(array).toMatchObject({ dtype: "F32", shape: [1408, 256] });
    expect(Buffer.compare(writeNpy(array), bytes)).toBe(0);
  });

  it.each<[string, string, Uint8Array]>([
    ["npy-magic", "another first byte", Uint8Array.of(0x50, 0x4b, 3, 4)],
    ["npy-truncated", "an empty file", new Uint8Array(0)],
    ["npy-truncated", "half of the magic", Uint8Array.of(0x93, 0x4e)],
    ["npy-truncated", "a cut header length", fileOf("").subarray(0, 9)],
    ["npy-truncated", "a cut header", fileOf(dict("'<f4'", "()")).subarray(0, 30)],
    ["npy-version", "version 4.0", fileOf("", undefined, [4, 0])],
    ["npy-version", "version 1.1", fileOf("", undefined, [1, 1])],
    ["npy-header-too-large", "10,001 characters", fileOf(dict("'<f4'", "()").padEnd(10_001))],
    ["npy-header-too-large", "60,000 characters", fileOf(dict("'<f4'", "()").padEnd(60_000))],
    ["npy-header", "a call instead of a dict", fileOf("__import__('os')\n")],
    ["npy-header", "a list", fileOf("['descr']\n")],
    ["npy-header", "a missing key", fileOf("{'descr': '<f4', 'shape': ()}\n")],
    ["npy-header", "a fourth key", fileOf("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': 1}\n")],
    [
      "npy-header",
      "a key that stands twice",
      fileOf("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}\n"),
    ],
    ["npy-header", "a shape that is a list", fileOf(dict("'<f4'", "[1]"), new Uint8Array(4))],
    ["npy-header", "a shape that is a number", fileOf(dict("'<f4'", "(1)"), new Uint8Array(4))],
    ["npy-header", "a negative size", fileOf(dict("'<f4'", "(-1,)"), new Uint8Array(4))],
    ["npy-header", "fortran_order 0", fileOf(dict("'<f4'", "(1,)", "0"), new Uint8Array(4))],
    [
      "npy-header",
      "bytes that are not UTF-8 in version 3.0",
      Uint8Array.from([...fileOf("\n", undefined, [3, 0]).subarray(0, 12), 0xff]),
    ],
    ["unsupported-dtype", "pickled objects", fileOf(dict("'|O'", "(1,)"), new Uint8Array(8))],
    ["unsupported-dtype", "a structured type", fileOf(dict("[('a', '<f4')]", "(1,)"), new Uint8Array(4))],
    ["unsupported-dtype", "complex", fileOf(dict("'<c8'", "(1,)"), new Uint8Array(8))],
    ["unsupported-dtype", "strings", fileOf(dict("'<U3'", "(1,)"), new Uint8Array(12))],
    ["unsupported-dtype", "void, as numpy saves bfloat16", fileOf(dict("'|V2'", "(1,)"), new Uint8Array(2))],
    ["unsupported-dtype", "dates", fileOf(dict("'<M8[ns]'", "(1,)"), new Uint8Array(8))],
    ["unsupported-dtype", "a byte order that several bytes need", fileOf(dict("'|f4'", "(1,)"), new Uint8Array(4))],
    ["npy-truncated", "too few data", fileOf(dict("'<f4'", "(2,)"), new Uint8Array(7))],
    ["npy-truncated", "a product beyond 2^53", fileOf(dict("'<f4'", "(4294967296, 4294967296)"), new Uint8Array(7))],
    ["trailing-bytes", "too many data", fileOf(dict("'<f4'", "(2,)"), new Uint8Array(9))],
  ])("refuses with %s: %s", async (code, _, bytes) => {
    expect(codeOf(bytes)).toBe(code);
    await expect(openNpy(bytesSource(bytes, "f.npy"))).rejects.toMatchObject({ code });
  });

  it("accepts versions 2.0 and 3.0, Python 2's long integers, any key order and quotes", () => {
    const data = bytesOf(Float32Array.of(1, 2));
    const header = `{"shape": (1L, 2), 'fortran_order' : False ,'descr':"<f4"}\n`;
    for (const version of [
      [1, 0],
      [2, 0],
      [3, 0],
    ] as [number, number][]) {
      expect(readNpy(fileOf(header, data, version))).toEqual({
        dtype: "F32",
        shape: [1, 2],
        data: Float32Array.of(1, 2),
      });
    }
  });

  it("swaps the bytes of big-endian data", () => {
    const data = Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0);
    expect(readNpy(fileOf(dict("'>f4'", "(2,)"), data)).data).toEqual(Float32Array.of(1, -2));
  });

  it("turns column-major data row-major, for any rank", () => {
    const matrix = readNpy(fileOf(dict("'|u1'", "(2, 3)", "True"), Uint8Array.of(1, 4, 2, 5, 3, 6)));
    expect(matrix).toEqual({ dtype: "U8", shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    // Element (i, j, k) of shape (2, 3, 2) lies at i + 2 j + 6 k.
    const cube = readNpy(
      fileOf(
        dict("'|u1'", "(2, 3, 2)", "True"),
        Uint8Array.from({ length: 12 }, (_, i) => i),
      ),
    );
    expect([...cube.data]).toEqual([0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
  });
});

it("column-major data can be placed in parts that begin anywhere", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(shapes, fc.nat(), (shape, where) => {
      const stored = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
      const cut = where % (stored.length + 1);
      const [whole, parts] = [new Float32Array(stored.length), new Float32Array(stored.length)];
      placeColumnMajor(whole, shape, stored, 0);
      placeColumnMajor(parts, shape, stored.subarray(cut), cut);
      placeColumnMajor(parts, shape, stored.subarray(0, cut), 0);
      expect(parts).toEqual(whole);
    }),
  );
});

const dtypes: [Dtype, (n: number) => StoredTensor["data"]][] = [
  ["F16", (n) => new Float32Array(n).fill(1.5)],
  ["F32", (n) => new Float32Array(n).fill(-0.1)],
  ["F64", (n) => new Float64Array(n).fill(Math.PI)],
  ["BOOL", (n) => new Uint8Array(n).fill(1)],
  ["I8", (n) => new Int8Array(n).fill(-7)],
  ["U16", (n) => new Uint16Array(n).fill(65535)],
  ["I64", (n) => new BigInt64Array(n).fill(-(2n ** 60n))],
  ["U64", (n) => new BigUint64Array(n).fill(2n ** 63n)],
];

describe("npy, for any input", () => {
  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(fc.constantFrom(...dtypes), fc.array(fc.nat(4), { maxLength: 4 }), ([dtype, make], shape) => {
        const data = make(shape.reduce((a, b) => a * b, 1));
        const bytes = writeNpy({ dtype, shape, data });
        const back = readNpy(bytes);
        expect(back).toEqual({ dtype, shape, data });
        expect(writeNpy(back)).toEqual(bytes);
      }),
    );
  });

  it("infers the dtype from the array", () => {
    for (const [array, dtype] of [
      [Float64Array.of(1), "F64"],
      [Int16Array.of(1), "I16"],
      [BigUint64Array.of(1n), "U64"],
      [Uint8Array.of(1), "U8"],
    ] as const) {
      expect(readNpy(writeNpy({ shape: [1], data: array }))).toEqual({ dtype, shape: [1], data: array });
    }
  });

  it("fails with a FormatError only, on random bytes and on damaged files", () => {
    const magic = fc
      .uint8Array({ maxLength: 150 })
      .map((rest) => Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, ...rest]));
    fc.assert(fc.property(fc.oneof(magic, fc.uint8Array()), (bytes) => typeof codeOf(bytes) === "string"));
    const valid = writeNpy({ shape: [2, 3], data: new Float32Array(6) });
    fc.assert(
      fc.property(fc.nat(valid.length), fc.nat(255), fc.boolean(), (where, value, cut) => {
        const damaged = valid.slice(0, cut ? where : valid.length);
        if (!cut) damaged[where] = value;
        expect(typeof codeOf(damaged)).toBe("string");
      }),
      { numRuns: 2000 },
    );
  });
});
