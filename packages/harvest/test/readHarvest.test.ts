import { writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { openActivations } from "../src/read.js";
import { allRows, filesInMemory, messageOf } from "./support/fixtures.js";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Rows of `count` from `first` on: the numbers 2 * row and 2 * row + 1. */
function shard(first: number, count: number): Uint8Array {
  const from = (times: number, at: number) => Array.from({ length: count * times }, (_, i) => at * times + i);
  const i32 = (values: readonly number[]) => ({ dtype: "I32" as const, shape: [count], data: Int32Array.from(values) });
  return writeSafetensors([
    ["a", { dtype: "F16", shape: [count, 2], data: Float32Array.from(from(2, first)) }],
    ["b", { dtype: "F32", shape: [count, 3], data: Float32Array.from(from(3, first)) }],
    ["token", i32(from(1, first + 100))],
    ["document", i32(from(1, first).map((row) => Math.floor(row / 4)))],
    ["position", i32(from(1, first).map((row) => row % 4))],
  ]);
}

const manifest = {
  format: "monosema-activations-1",
  model: { name: "toy", format: "onnx", architecture: "toy", layers: 3, sha256: "0" },
  hooks: [
    { name: "a", width: 2 },
    { name: "b", width: 3 },
  ],
  length: 4,
  dtype: "F16",
  rows: 7,
  dropped: 0,
  complete: false,
  shards: [
    { file: "shard-00000.safetensors", rows: 5, sha256: "x" },
    { file: "shard-00001.safetensors", rows: 2, sha256: "y" },
  ],
};

const folder = (changes: Readonly<Record<string, Uint8Array>> = {}) => ({
  "manifest.json": encode(manifest),
  "shard-00000.safetensors": shard(0, 5),
  "shard-00001.safetensors": shard(5, 2),
  ...changes,
});

describe("the folder of a harvest", () => {
  it("gives each hook as the rows of its shards, one after the other, and where they come from", async () => {
    const opened = await openActivations(filesInMemory(folder()));
    expect([opened.format, opened.model, opened.layers]).toEqual(["harvest", "toy", 3]);
    expect(opened.matrices).toEqual(["a", "b"]);
    expect([...(await allRows(await opened.matrix("a")))]).toEqual(Array.from({ length: 14 }, (_, i) => i));
    expect([...(await (await opened.matrix("b")).readRows(4, 2))]).toEqual([12, 13, 14, 15, 16, 17]);
    expect(opened.files).toEqual([
      { name: "shard-00000.safetensors", sha256: "x" },
      { name: "shard-00001.safetensors", sha256: "y" },
    ]);
    expect(await opened.origin?.tokens?.(3, 4)).toEqual(Int32Array.of(103, 104, 105, 106));
    expect(await opened.origin?.documents?.(3, 4)).toEqual(Int32Array.of(0, 1, 1, 1));
    expect(await opened.origin?.positions?.(3, 4)).toEqual(Int32Array.of(3, 0, 1, 2));
  });

  it("needs no hook where there is one", async () => {
    const one = { ...manifest, hooks: manifest.hooks.slice(0, 1) };
    const opened = await openActivations(filesInMemory(folder({ "manifest.json": encode(one) })));
    expect((await opened.matrix()).columns).toBe(2);
  });

  it.each([
    [
      "a shard that is missing",
      "shard-00001.safetensors",
      undefined,
      /shard-00001\.safetensors, which must lie beside/,
    ],
    [
      "a shard of other rows",
      "shard-00001.safetensors",
      shard(5, 3),
      /shard-00001\.safetensors.*a \[2, 2\].*got \[3, 2\]/,
    ],
    ["a shard that is cut short", "shard-00000.safetensors", shard(0, 5).subarray(0, -1), /shard-00000\.safetensors/],
    ["no shards", "manifest.json", encode({ ...manifest, shards: [] }), /list of shards, got \[\]/],
    ["no hooks", "manifest.json", encode({ ...manifest, hooks: undefined }), /list of hooks, got none/],
    ["another version", "manifest.json", encode({ ...manifest, format: "monosema-activations-9" }), /activations-1/],
    ["a path", "manifest.json", encode({ ...manifest, shards: [{ file: "../x", rows: 1, sha256: "" }] }), /file, rows/],
  ])("refuses %s by name", async (_, file, bytes, message) => {
    const files = Object.fromEntries(Object.entries(folder()).filter(([name]) => name !== file));
    const changed = filesInMemory(bytes === undefined ? files : { ...files, [file]: bytes });
    expect(await messageOf(openActivations(changed))).toMatch(message);
  });
});

describe("a shard by itself", () => {
  it("is a safetensors file that knows its tokens", async () => {
    const opened = await openActivations(filesInMemory({ "s.safetensors": shard(0, 5) }, "s.safetensors"));
    expect(opened.matrices).toEqual(["b", "a"]);
    expect(await opened.origin?.tokens?.(0, 2)).toEqual(Int32Array.of(100, 101));
    expect(await messageOf(opened.matrix())).toMatch(/ambiguous-tensor/);
  });
});
