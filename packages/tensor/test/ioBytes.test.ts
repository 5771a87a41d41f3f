import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/io/byteSource.js";
import type { Dtype, StoredTensor } from "../src/io/dtype.js";
import { openMatrix } from "../src/io/matrixSource.js";
import { openNpy, readNpy, writeNpy } from "../src/io/npy.js";
import { openSafetensors, readSafetensors } from "../src/io/safetensors.js";
import { readText } from "../src/io/text.js";
import { writeSafetensors } from "../src/io/writeSafetensors.js";
import { anyNpy } from "./support/anyNpy.js";
import { atOddOffset } from "./support/bytes.js";

/** The bits of a tensor, NaN payloads included. */
const bits = ({ dtype, shape, data }: StoredTensor) => ({
  dtype,
  shape,
  bytes: [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
});

/** What a reader gives of bytes at an even place and in a Buffer at an odd one; checks that neither changes. */
async function both<T>(bytes: Uint8Array, read: (bytes: Uint8Array) => T | Promise<T>): Promise<[T, T]> {
  const buffer = atOddOffset(bytes);
  const results: [T, T] = [await read(bytes.slice()), await read(buffer)];
  expect(Buffer.compare(buffer, bytes)).toBe(0);
  return results;
}

const dtypes: readonly (readonly [Dtype, number])[] = [
  ["BOOL", 1],
  ["F16", 2],
  ["BF16", 2],
  ["F32", 4],
  ["F64", 8],
  ["I64", 8],
];

/** A safetensors file with a header that is not padded, so that its data begin anywhere. */
const anyUnpadded = fc
  .record({
    dtype: fc.constantFrom(...dtypes),
    rows: fc.nat(3),
    spaces: fc.nat(8),
    raw: fc.uint8Array({ minLength: 24, maxLength: 24 }),
  })
  .map(({ dtype: [dtype, size], rows, spaces, raw }) => {
    const header = `{"t":{"dtype":"${dtype}","shape":[${rows}],"data_offsets":[0,${rows * size}]}}${" ".repeat(spaces)}`;
    return Uint8Array.from([
      header.length,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...Buffer.from(header),
      ...raw.subarray(0, rows * size),
    ]);
  });

describe("readers of bytes, given a Buffer at an odd offset, give the same and leave the bytes alone", () => {
  it("npy: whole, opened, and by rows", async () => {
    await fc.assert(
      fc.asyncProperty(anyNpy, fc.nat(3), async (file, start) => {
        const [even, odd] = await both(file, (bytes) => bits(readNpy(bytes)));
        expect(odd).toEqual(even);
        const opened = await both(file, async (bytes) => bits(await (await openNpy(bytesSource(bytes))).readTensor()));
        expect(opened).toEqual([even, even]);
        const [rows = 0] = even.shape;
        if (even.shape.length === 0 || start > rows) return;
        const width = even.bytes.length / rows;
        const parts = await both(file, async (bytes) =>
          bits(await (await openNpy(bytesSource(bytes))).readRows(start, rows - start)),
        );
        for (const part of parts) expect(part.bytes).toEqual(even.bytes.slice(start * width));
      }),
      { numRuns: 300 },
    );
  });

  it("safetensors: whole, opened, and by rows", async () => {
    await fc.assert(
      fc.asyncProperty(anyUnpadded, async (file) => {
        const tensorOf = (bytes: Uint8Array) => readSafetensors(bytes).tensors.get("t") as StoredTensor;
        const [even, odd] = await both(file, (bytes) => bits(tensorOf(bytes)));
        expect(odd).toEqual(even);
        const open = (bytes: Uint8Array) => openSafetensors(bytesSource(bytes));
        const [rows = 0] = even.shape;
        for (const read of [
          async (bytes: Uint8Array) => (await open(bytes)).readTensor("t"),
          async (bytes: Uint8Array) => (await open(bytes)).readRows("t", 0, rows),
          async (bytes: Uint8Array) => (await (await open(bytes)).readAll()).tensors.get("t") as StoredTensor,
        ]) {
          expect(await both(file, async (bytes) => bits(await read(bytes)))).toEqual([even, even]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("matrices and texts", async () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    const tensor: StoredTensor = { dtype: "F32", shape: [3, 2], data };
    for (const file of [writeNpy(tensor), writeSafetensors([["x", tensor]])]) {
      const rows = await both(file, async (bytes) => (await openMatrix(bytesSource(bytes))).readRows(1, 2));
      expect(rows).toEqual([data.subarray(2), data.subarray(2)]);
    }
    const utf16 = Buffer.from('\ufeff["\u00e9"]', "utf16le");
    expect(await both(utf16, (bytes) => readText(bytesSource(bytes)))).toEqual(['["\u00e9"]', '["\u00e9"]']);
  });
});

describe("writers of bytes, given numbers in the middle of a memory", () => {
  it("write these numbers and leave them alone", () => {
    const memory = Float32Array.of(9, 1.5, -2, 9);
    const data = memory.subarray(1, 3);
    for (const dtype of ["F32", "F16", "BF16"] as const) {
      const tensor: StoredTensor = { dtype, shape: [2], data };
      expect(readSafetensors(writeSafetensors([["x", tensor]])).tensors.get("x")?.data).toEqual(data);
      if (dtype !== "BF16") expect(readNpy(writeNpy(tensor)).data).toEqual(data);
    }
    expect(memory).toEqual(Float32Array.of(9, 1.5, -2, 9));
  });
});
