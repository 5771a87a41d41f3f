import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/io/byteSource.js";
import type { StoredTensor } from "../src/io/dtype.js";
import { openMatrix } from "../src/io/matrixSource.js";
import { writeNpy } from "../src/io/npy.js";
import { writeNpz } from "../src/io/npz.js";
import { writePt } from "../src/io/pt/writePt.js";
import { writeSafetensors } from "../src/io/writeSafetensors.js";
import { writeZip } from "../src/io/zip/zipParts.js";
import { fixture } from "./support/fixtures.js";

const open = (bytes: Uint8Array, tensor?: string) =>
  openMatrix(bytesSource(bytes, "data"), tensor === undefined ? {} : { tensor });
const counting = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);
const f32 = (shape: number[]): StoredTensor => ({
  dtype: "F32",
  shape,
  data: counting(shape.reduce((a, b) => a * b, 1)),
});

describe("openMatrix", () => {
  it("reads rows of an npy file and of a safetensors file, whatever the file is called", async () => {
    for (const bytes of [
      writeNpy(f32([4, 3])),
      writeSafetensors([
        ["x", f32([4, 3])],
        ["bias", f32([3])],
      ]),
    ]) {
      const source = await open(bytes);
      expect(source).toMatchObject({ name: "data", rows: 4, columns: 3 });
      expect(await source.readRows(1, 2)).toEqual(Float32Array.of(3, 4, 5, 6, 7, 8));
      expect(await source.readRows(4, 0)).toEqual(new Float32Array(0));
      await expect(source.readRows(3, 2)).rejects.toThrow(RangeError);
    }
  });

  it("flattens leading axes, also where a part begins inside one", async () => {
    const source = await open(writeNpy(f32([2, 3, 2])));
    expect(source).toMatchObject({ rows: 6, columns: 2 });
    expect(await source.readRows(2, 3)).toEqual(Float32Array.of(4, 5, 6, 7, 8, 9));
  });

  it("converts every number type to float32", async () => {
    const arrays: Omit<StoredTensor, "dtype">["data"][] = [
      Float64Array.of(1, 2),
      Int8Array.of(1, 2),
      Uint16Array.of(1, 2),
      BigInt64Array.of(1n, 2n),
      BigUint64Array.of(1n, 2n),
    ];
    for (const data of arrays) {
      expect(await (await open(writeNpy({ shape: [1, 2], data }))).readRows(0, 1)).toEqual(Float32Array.of(1, 2));
    }
    const half: StoredTensor = { dtype: "BF16", shape: [1, 2], data: Float32Array.of(1, 2) };
    expect(await (await open(writeSafetensors([["x", half]]))).readRows(0, 1)).toEqual(Float32Array.of(1, 2));
    const large = await open(writeNpy({ shape: [1, 1], data: BigInt64Array.of(2n ** 60n) }));
    await expect(large.readRows(0, 1)).rejects.toMatchObject({ code: "unsafe-integer" });
  });

  it("reads rows of a column-major file", async () => {
    const bytes = writeNpy({ shape: [3, 2], data: Float32Array.of(1, 3, 5, 2, 4, 6) });
    const header = new TextDecoder("latin1").decode(bytes.subarray(0, 128)).replace("False", "True ");
    const columnMajor = Uint8Array.from([...Uint8Array.from(header, (c) => c.charCodeAt(0)), ...bytes.subarray(128)]);
    columnMajor[0] = 0x93;
    const source = await open(columnMajor);
    expect(await source.readRows(1, 2)).toEqual(Float32Array.of(3, 4, 5, 6));
    expect(await source.readRows(0, 1)).toEqual(Float32Array.of(1, 2));
  });

  it("names the row and column of the file that is not finite", async () => {
    const data = counting(12);
    data[10] = Number.NaN;
    const source = await open(writeNpy({ shape: [4, 3], data }));
    await expect(source.readRows(2, 2)).rejects.toThrow(/^data: .*got NaN in row 3, column 1.*\[not-finite\]$/);
    const infinite = await open(writeNpy({ shape: [1, 1], data: Float64Array.of(1e300) }));
    await expect(infinite.readRows(0, 1)).rejects.toThrow(/got Infinity in row 0/);
  });

  it.each<[string, Uint8Array, string | undefined]>([
    ["bad-shape", writeNpy(f32([4])), undefined],
    ["bad-shape", writeNpy(f32([])), undefined],
    ["bad-shape", writeSafetensors([["x", f32([4])]]), "x"],
    ["bad-shape", writeSafetensors([["x", f32([4])]]), undefined],
    [
      "ambiguous-tensor",
      writeSafetensors([
        ["x", f32([2, 2])],
        ["y", f32([2, 2])],
      ]),
      undefined,
    ],
    ["tensor-not-found", writeSafetensors([["x", f32([2, 2])]]), "y"],
    ["unknown-format", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0), undefined],
    ["header-too-small", new Uint8Array(3), undefined],
  ])("refuses with %s", async (code, bytes, tensor) => {
    await expect(open(bytes, tensor)).rejects.toMatchObject({ name: "FormatError", code });
  });

  it("takes the only floating-point matrix beside whole numbers, and the only matrix of any type", async () => {
    const ids = { dtype: "I64", shape: [3, 2], data: BigInt64Array.from({ length: 6 }, (_, i) => BigInt(i)) } as const;
    const beside = await open(
      writeSafetensors([
        ["ids", ids],
        ["x", f32([2, 2])],
        ["mean", f32([2])],
      ]),
    );
    expect([beside.rows, beside.columns]).toEqual([2, 2]);
    const alone = await open(writeSafetensors([["ids", ids]]));
    expect(await alone.readRows(1, 1)).toEqual(Float32Array.of(2, 3));
    await expect(
      open(
        writeSafetensors([
          ["ids", ids],
          ["mask", { ...ids }],
        ]),
      ),
    ).rejects.toThrow(/got ids, mask; name one/);
  });

  it("reads rows of npz and PyTorch files, whatever the file is called", async () => {
    for (const bytes of [
      writeNpz([["x", f32([4, 3])]]),
      writeNpz([
        ["ids", { shape: [4, 1], data: BigInt64Array.of(1n, 2n, 3n, 4n) }],
        ["x", f32([4, 3])],
      ]),
      writePt(f32([4, 3])),
      writePt({ states: f32([4, 3]), mean: f32([3]), n: 4 }),
      writePt({ states: [f32([2, 2, 3])] }),
    ]) {
      const source = await open(bytes);
      expect(source).toMatchObject({ name: "data", rows: 4, columns: 3 });
      expect(await source.readRows(1, 2)).toEqual(Float32Array.of(3, 4, 5, 6, 7, 8));
      await expect(source.readRows(3, 2)).rejects.toThrow(RangeError);
    }
    const legacy = await open(fixture("legacy.pt"), "views.transposed");
    expect([legacy.rows, legacy.columns]).toEqual([6, 4]);
    expect(await legacy.readRows(5, 1)).toEqual(Float32Array.of(-2, 4, 10, 16));
  });

  const two = { x: f32([2, 2]), y: f32([2, 2]) };
  it.each<[string, string, Uint8Array, string | undefined]>([
    ["ambiguous-tensor", "npz", writeNpz(Object.entries(two)), undefined],
    ["ambiguous-tensor", "PyTorch", writePt(two), undefined],
    ["tensor-not-found", "npz", writeNpz(Object.entries(two)), "z"],
    ["tensor-not-found", "PyTorch", writePt(two), "z"],
    ["bad-shape", "npz", writeNpz([["x", f32([4])]]), undefined],
    ["bad-shape", "PyTorch", writePt({ x: f32([4]) }), undefined],
    ["bad-shape", "PyTorch", writePt(f32([4])), undefined],
    ["bad-shape", "PyTorch", writePt({ x: f32([4]) }), "x"],
    ["unknown-format", "zip of other files", writeZip([["readme.txt", new Uint8Array(3)]]), undefined],
    ["zip-truncated", "npz that is cut short", writeNpz(Object.entries(two)).subarray(0, 300), undefined],
    [
      "pt-legacy",
      "pickle that is none of PyTorch's",
      Uint8Array.of(0x80, 2, 0x8a, 1, 5, 0x2e, 0x4e, 0x2e, 0x4e, 0x2e),
      undefined,
    ],
  ])("refuses with %s: a file of %s", async (code, _, bytes, tensor) => {
    await expect(open(bytes, tensor)).rejects.toMatchObject({ name: "FormatError", code });
  });

  it("refuses a tensor name for a file of one tensor without a name", async () => {
    await expect(open(writePt(f32([2, 2])), "x")).rejects.toThrow(/^openMatrix: a PyTorch file holds one array/);
  });

  it("refuses a tensor name for an npy file", async () => {
    await expect(open(writeNpy(f32([2, 2])), "x")).rejects.toThrow(/^openMatrix: an npy file/);
  });
});
