import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/io/byteSource.js";
import type { StoredTensor } from "../src/io/dtype.js";
import { writeNpy } from "../src/io/npy.js";
import { writeNpz } from "../src/io/npz.js";
import { writePt } from "../src/io/pt/writePt.js";
import { openTensors } from "../src/io/tensors/openTensors.js";
import { writeSafetensors } from "../src/io/writeSafetensors.js";

const weight: StoredTensor = { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
const ids: StoredTensor = { dtype: "I64", shape: [2], data: BigInt64Array.of(5n, 6n) };
const both = [
  ["weight", weight],
  ["ids", ids],
] as const;

describe("openTensors", () => {
  it.each<[string, Uint8Array]>([
    ["a safetensors file", writeSafetensors(both)],
    ["an npz file", writeNpz(both)],
    ["a PyTorch file", writePt(Object.fromEntries(both))],
  ])("reads %s by names", async (format, bytes) => {
    const file = await openTensors(bytesSource(bytes));
    expect(file.format).toBe(format);
    expect(new Set(file.names)).toEqual(new Set(["weight", "ids"]));
    expect(await file.readAll()).toEqual(new Map(both));
    const reader = await file.open("weight");
    expect(reader).toMatchObject({ dtype: "F32", shape: [2, 2] });
    expect((await reader.readRows(1, 1)).data).toEqual(Float32Array.of(3, 4));
    await expect(file.open("bias")).rejects.toMatchObject({ code: "tensor-not-found" });
  });

  it.each<[string, Uint8Array]>([
    ["an npy file", writeNpy(weight)],
    ["a PyTorch file", writePt(weight)],
  ])("gives the only tensor of %s under the empty name", async (format, bytes) => {
    const file = await openTensors(bytesSource(bytes));
    expect(file.format).toBe(format);
    expect(await file.readAll()).toEqual(new Map([["", weight]]));
    await expect(file.open("weight")).rejects.toThrow(/hold "weight", got one tensor without a name/);
  });
});
