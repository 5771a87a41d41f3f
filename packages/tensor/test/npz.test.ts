import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/io/byteSource.js";
import { writeNpy } from "../src/io/npy.js";
import { openNpz, writeNpz } from "../src/io/npz.js";
import { openZip } from "../src/io/zip/openZip.js";
import { expected, fixture } from "./support/fixtures.js";
import { handZip } from "./support/handZip.js";

const open = (bytes: Uint8Array) => openNpz(bytesSource(bytes, "f.npz"));

describe("openNpz", () => {
  it.each(["stored", "deflated"])("reads every array of numpy's %s.npz, whole and by rows", async (name) => {
    const npz = await open(fixture(`${name}.npz`));
    const arrays = expected(name);
    expect(npz.arrays).toEqual([...arrays.keys()]);
    for (const [key, array] of arrays) {
      const npy = await npz.npy(key);
      expect(await npy.readTensor()).toEqual(array);
      const [rows, columns = 1] = array.shape;
      if (rows === undefined) continue;
      expect((await npy.readRows(1, rows - 1)).data).toEqual(array.data.slice(columns));
    }
  });

  it("checks the CRC-32 of an array that is read whole", async () => {
    const data = writeNpy({ shape: [2, 1], data: Float32Array.of(1, 2) });
    const npy = await (await open(handZip([{ name: "x.npy", data, crc: 1 }]))).npy("x");
    expect((await npy.readRows(1, 1)).data).toEqual(Float32Array.of(2));
    await expect(npy.readTensor()).rejects.toMatchObject({ code: "zip-crc" });
    const deflated = await open(handZip([{ name: "x.npy", data, crc: 1, method: 8 }]));
    await expect(deflated.npy("x")).rejects.toMatchObject({ code: "zip-crc" });
  });

  it("does not take an array with a damaged name in the directory for another file", async () => {
    const damaged = fixture("stored.npz");
    damaged[damaged.lastIndexOf(0x79)] = 0x78; // the y of the last .npy
    await expect(open(damaged)).rejects.toMatchObject({ code: "zip-name" });
  });

  it("does not take arrays for bytes before the archive, where the end record says that it is empty", async () => {
    const damaged = fixture("stored.npz");
    damaged.fill(0, damaged.length - 14, damaged.length - 6); // both counts and the size of the directory
    await expect(open(damaged)).rejects.toMatchObject({ code: "zip-directory" });
  });

  it("names the arrays that are there where one is not, and leaves other files alone", async () => {
    const npz = await open(handZip([{ name: "x.npy" }, { name: "readme.txt" }]));
    expect(npz.arrays).toEqual(["x"]);
    await expect(npz.npy("y")).rejects.toThrow(/^f.npz: the file must hold y, got x \[tensor-not-found\]$/);
    await expect(npz.npy("x")).rejects.toMatchObject({ code: "npy-truncated", at: { file: "f.npz/x.npy" } });
  });
});

describe("writeNpz", () => {
  it("writes the bytes that numpy 2.4.6 opened, every value equal", () => {
    const bytes = writeNpz([
      ["weight", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
      ["k", { dtype: "I32", shape: [], data: Int32Array.of(8) }],
      ["größe", { dtype: "F64", shape: [1], data: Float64Array.of(2.5) }],
    ]);
    const digest = createHash("sha256").update(bytes).digest("hex");
    expect(digest).toBe("ed4e0144d63606d0dcf316d39d9d4d9b1fb819dd67a60ba31097c9a18b8386f9");
  });

  it("writes what openNpz reads back, as npy files of a zip", async () => {
    const acts = { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } as const;
    const ids = { shape: [2], data: BigInt64Array.of(1n, -1n) };
    const bytes = writeNpz([
      ["acts", acts],
      ["ids", ids],
    ]);
    const npz = await open(bytes);
    expect(npz.arrays).toEqual(["acts", "ids"]);
    expect(await (await npz.npy("acts")).readTensor()).toEqual(acts);
    expect(await (await npz.npy("ids")).readTensor()).toEqual({ ...ids, dtype: "I64" });
    expect(await (await openZip(bytesSource(bytes))).read("acts.npy")).toEqual(writeNpy(acts));
  });
});
