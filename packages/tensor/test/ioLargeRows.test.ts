import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMatrix } from "../src/io/matrixSource.js";
import { fileSource } from "../src/io/node/fileSource.js";
import { npyHeader } from "../src/io/npyHeader.js";
import { pickler } from "../src/io/pickle/pickler.js";
import { type ZipFiles, zipParts } from "../src/io/zip/zipParts.js";
import { random } from "../src/random.js";
import { legacyStart } from "./support/legacyFile.js";
import { sparseFile } from "./support/sparseFile.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "monosema-large-"));
});
afterAll(() => rm(folder, { recursive: true }));

const [rows, columns] = [300_000, 2048];
const size = 4 * rows * columns; // 2.46 GB
const shape = [rows, columns];
/** Rows that hold numbers; all others are zero, and take no room on the disk. */
const blocks = 12;
/** Rows that are read together. */
const together = 500;
/** Bytes that reading may take: the rows that are read together are 4 MB. */
const most = 200e6;

/** What stands before the numbers of a matrix and behind them. */
interface Around {
  readonly before: Uint8Array;
  readonly behind?: Uint8Array;
}

/** A zip whose last parts stand behind the numbers of its large file. */
function zipAround(files: ZipFiles, cut: number): Around {
  const parts = [...zipParts(files).parts];
  return { before: Buffer.concat(parts.slice(0, cut)), behind: Buffer.concat(parts.slice(cut)) };
}

/** The pickle of a tensor; a storage of files before PyTorch 1.6 says that it is no part of another. */
function tensorPickle(isLegacy: boolean): Uint8Array {
  const pickle = pickler();
  pickle.global("torch._utils _rebuild_tensor_v2");
  pickle.opcodes("((");
  pickle.text("storage");
  pickle.global("torch FloatStorage");
  pickle.text("0");
  pickle.text("cpu");
  pickle.number(rows * columns);
  pickle.opcodes(isLegacy ? "NtQK\0(" : "tQK\0(");
  for (const number of shape) pickle.number(number);
  pickle.opcodes("t(");
  for (const number of [columns, 1]) pickle.number(number);
  pickle.opcodes("t\x89NtR");
  return pickle.end();
}

function safetensorsStart(): Uint8Array {
  const header = JSON.stringify({ acts: { dtype: "F32", shape, data_offsets: [0, size] } }).padEnd(120);
  const start = new Uint8Array(128);
  start[0] = 120;
  start.set(new TextEncoder().encode(header), 8);
  return start;
}

function legacyAround(): Around {
  const keys = pickler();
  keys.opcodes("]");
  keys.text("0");
  keys.opcodes("a");
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(rows * columns), true);
  return { before: Buffer.concat([legacyStart(), tensorPickle(true), keys.end(), count]) };
}

const header = npyHeader("<f4", shape);

describe("a matrix of 2.46 GB is read by rows, those asked for and in less than 200 MB, from", () => {
  it.each<[string, Around]>([
    ["npy", { before: header }],
    ["safetensors", { before: safetensorsStart() }],
    ["npz", zipAround([["acts.npy", { size: header.length + size, parts: [header] }]], 2)],
    [
      "pt",
      zipAround(
        [
          ["large/data.pkl", tensorPickle(false)],
          ["large/data/0", { size, parts: [] }],
        ],
        3 + 1,
      ),
    ],
    ["pth", legacyAround()],
  ])("%s", { timeout: 120_000 }, async (kind, { before, behind = new Uint8Array(0) }) => {
    const rng = random(7, kind);
    const places = [0, rows - 1, ...Array.from({ length: blocks - 2 }, () => rng.integer(rows))];
    const numbers = places.map(() => Float32Array.from({ length: columns }, () => rng.normal()));
    const path = await sparseFile(join(folder, `large.${kind}`), before.length + size + behind.length, [
      [0, before],
      ...places.map((row, i) => [before.length + 4 * row * columns, bytesOf(numbers[i] as Float32Array)] as const),
      [before.length + size, behind],
    ]);
    const taken = process.memoryUsage().rss;
    let peak = taken;
    const matrix = await openMatrix(await fileSource(path));
    expect([matrix.rows, matrix.columns]).toEqual(shape);
    for (const row of places) {
      const start = Math.min(row, rows - together);
      const read = await matrix.readRows(start, together);
      const wanted = new Float32Array(together * columns);
      for (const [i, place] of places.entries())
        if (place >= start && place < start + together)
          wanted.set(numbers[i] as Float32Array, (place - start) * columns);
      expect(Buffer.compare(bytesOf(read), bytesOf(wanted))).toBe(0);
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    await matrix.close();
    expect(peak - taken).toBeLessThan(most);
  });
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
