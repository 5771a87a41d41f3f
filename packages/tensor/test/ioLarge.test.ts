import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withFile } from "../src/io/node/fileSource.js";
import { openSafetensors } from "../src/io/safetensors.js";
import { safetensorsParts, writeSafetensors } from "../src/io/writeSafetensors.js";
import { sparseFile } from "./support/sparseFile.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "monosema-large-"));
});
afterAll(() => rm(folder, { recursive: true }));

const twoGiB = 2 ** 31;

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

describe("files beyond 2 GiB", () => {
  it("give a tensor of 2^31 bytes, and the one behind it", { timeout: 120_000 }, async () => {
    const entries = { big: ["I8", [twoGiB], 0, twoGiB], behind: ["F32", [2], twoGiB, twoGiB + 8] } as const;
    const header = JSON.stringify(
      Object.fromEntries(
        Object.entries(entries).map(([name, [dtype, shape, ...offsets]]) => [
          name,
          { dtype, shape, data_offsets: offsets },
        ]),
      ),
    ).padEnd(240);
    const start = new Uint8Array(248);
    start[0] = 240;
    start.set(new TextEncoder().encode(header), 8);
    const path = await sparseFile(join(folder, "big.safetensors"), 248 + twoGiB + 8, [
      [0, start],
      [248, Uint8Array.of(7)],
      [248 + 2 ** 30, Uint8Array.of(8)],
      [248 + twoGiB - 1, Uint8Array.of(9)],
      [248 + twoGiB, floats(1.5, -2)],
    ]);
    await withFile(path, async (source) => {
      const file = await openSafetensors(source);
      expect((await file.readTensor("behind")).data).toEqual(Float32Array.of(1.5, -2));
      const { data } = await file.readTensor("big");
      expect([data.length, data[0], data[2 ** 30], data[twoGiB - 1]]).toEqual([twoGiB, 7, 8, 9]);
    });
  });
});

describe("files are written in parts", () => {
  it("whose bytes are those of the whole", () => {
    const tensors = [
      ["b", { dtype: "F16", shape: [3], data: Float32Array.of(1, 2, 3) }],
      ["a", { dtype: "F64", shape: [0, 2], data: new Float64Array(0) }],
      ["c", { dtype: "I64", shape: [], data: BigInt64Array.of(-1n) }],
    ] as const;
    const { size, parts } = safetensorsParts(tensors, [["k", "v"]]);
    const bytes = Buffer.concat([...parts]);
    expect(bytes.length).toBe(size);
    expect(Buffer.compare(bytes, writeSafetensors(tensors, [["k", "v"]]))).toBe(0);
  });

  it("that are views of the numbers, without a second copy of them", () => {
    const data = new Float32Array(1000);
    const [, body] = [...safetensorsParts([["x", { dtype: "F32", shape: [1000], data }]]).parts];
    expect(body?.buffer).toBe(data.buffer);
  });

  it("unless a reader would refuse their header", () => {
    expect(() => safetensorsParts([], [["certificates", "x".repeat(1e8)]])).toThrow(
      /^writeSafetensors: names and metadata must take at most 100000000 bytes, got 1000000\d\d; put less/,
    );
  });
});
