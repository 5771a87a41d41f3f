import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMatrix } from "../src/io/matrixSource.js";
import { fileSource, withFile } from "../src/io/node/fileSource.js";
import { npyHeader } from "../src/io/npyHeader.js";
import { pickler } from "../src/io/pickle/pickler.js";
import { openSafetensors } from "../src/io/safetensors.js";
import { safetensorsParts, writeSafetensors } from "../src/io/writeSafetensors.js";
import { type ZipFiles, zipParts } from "../src/io/zip/zipParts.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "monosema-large-"));
});
afterAll(() => rm(folder, { recursive: true }));

const twoGiB = 2 ** 31;

/** A file without blocks on the disk but for the given bytes. */
async function sparseFile(
  name: string,
  size: number,
  written: readonly (readonly [number, Uint8Array])[],
): Promise<string> {
  const path = join(folder, name);
  const file = await open(path, "wx");
  await file.truncate(size);
  for (const [at, bytes] of written) await file.write(bytes, 0, bytes.length, at);
  await file.close();
  return path;
}

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
    const path = await sparseFile("big.safetensors", 248 + twoGiB + 8, [
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

  it("give rows from anywhere", async () => {
    const [rows, columns] = [300_000, 2048];
    const header = npyHeader("<f4", [rows, columns]);
    const last = header.length + 4 * (rows - 1) * columns;
    const path = await sparseFile("wide.npy", last + 4 * columns, [
      [0, header],
      [last, floats(3, 4)],
    ]);
    const matrix = await openMatrix(await fileSource(path));
    expect((await matrix.readRows(rows - 1, 1)).subarray(0, 3)).toEqual(Float32Array.of(3, 4, 0));
    await matrix.close();
  });
});

describe("archives beyond 2 GiB give rows from anywhere, in little memory", () => {
  const [rows, columns] = [300_000, 2048];
  const size = 4 * rows * columns;
  const last = floats(3, 4);

  /** A zip with one large file, of which only the first and the last bytes are on the disk. */
  const sparseZip = async (name: string, files: ZipFiles, end: number): Promise<string> => {
    const zip = zipParts(files);
    const parts = [...zip.parts];
    const cut = end + 1;
    const [before, behind] = [Buffer.concat(parts.slice(0, cut)), Buffer.concat(parts.slice(cut))];
    const lastRow = zip.size - behind.length - 4 * columns;
    return await sparseFile(name, zip.size, [
      [0, before],
      [lastRow, last],
      [zip.size - behind.length, behind],
    ]);
  };

  const expectRows = async (path: string): Promise<void> => {
    const before = process.memoryUsage().rss;
    const matrix = await openMatrix(await fileSource(path));
    expect([matrix.rows, matrix.columns]).toEqual([rows, columns]);
    for (let start = 0; start < rows; start += 30_000) {
      expect((await matrix.readRows(start, 1000)).every((value) => value === 0)).toBe(true);
    }
    expect((await matrix.readRows(rows - 1, 1)).subarray(0, 3)).toEqual(Float32Array.of(3, 4, 0));
    await matrix.close();
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  };

  it("from an npz file that is stored", async () => {
    const header = npyHeader("<f4", [rows, columns]);
    const content = { size: header.length + size, parts: [header] };
    await expectRows(await sparseZip("large.npz", [["acts.npy", content]], 1));
  });

  it("from a PyTorch file", async () => {
    const pickle = pickler();
    pickle.global("torch._utils _rebuild_tensor_v2");
    pickle.opcodes("((");
    pickle.text("storage");
    pickle.global("torch FloatStorage");
    pickle.text("0");
    pickle.text("cpu");
    pickle.number(rows * columns);
    pickle.opcodes("tQK\0(");
    for (const number of [rows, columns]) pickle.number(number);
    pickle.opcodes("t(");
    for (const number of [columns, 1]) pickle.number(number);
    pickle.opcodes("t\x89NtR");
    const files = [
      ["large/data.pkl", pickle.end()],
      ["large/data/0", { size, parts: [] }],
    ] as const;
    await expectRows(await sparseZip("large.pt", files, 3));
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
