import { bytesSource, type SparseRows, writeSafetensors } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codesStart, codesWithout, joinedCodes, openCodes } from "../src/index.js";

/** Rows of strictly rising latents below 9. */
const matrix = fc.array(
  fc.uniqueArray(fc.nat(8), { maxLength: 9 }).map((latents) => latents.sort((a, b) => a - b)),
  { maxLength: 12 },
);

function fileOf(rows: readonly (readonly number[])[], latents = 9): Uint8Array {
  const all = rows.flat();
  const ends = rows.map((_, row) => BigInt(rows.slice(0, row + 1).flat().length));
  const start = codesStart({ rows: rows.length, latents, entries: all.length }).start;
  const arrays = [BigInt64Array.from([0n, ...ends]), Float32Array.from(all, codeOf), Int32Array.from(all)];
  return Buffer.concat([start, ...arrays.map(({ buffer }) => Buffer.from(buffer))]);
}

const codeOf = (latent: number): number => latent + 0.5;
const open = (bytes: Uint8Array) => openCodes(bytesSource(bytes, "codes.safetensors"));

describe("openCodes", () => {
  it("gives back any rows of what was written", async () => {
    await fc.assert(
      fc.asyncProperty(matrix, fc.nat(12), fc.nat(12), async (rows, a, b) => {
        const [start, end] = [Math.min(a, b, rows.length), Math.min(Math.max(a, b), rows.length)];
        const codes = await open(fileOf(rows));
        expect(codes).toMatchObject({ rows: rows.length, latents: 9, entries: rows.flat().length });
        const read = await codes.readRows(start, end - start);
        expect(rowsOf(read)).toEqual(rows.slice(start, end));
        expect([...read.values]).toEqual(rows.slice(start, end).flat().map(codeOf));
      }),
    );
  });

  it.each([
    ["offsets that fall", { offsets: [0n, 2n, 1n, 3n] }, /offsets must rise from 0 to the 3 values, got 1 after row 2/],
    ["offsets beyond the values", { offsets: [0n, 1n, 2n, 4n] }, /got 4 after row 3/],
    ["offsets that do not begin at 0", { offsets: [1n, 1n, 2n, 3n] }, /got 1 after row 0/],
    ["latents that fall in a row", { offsets: [0n, 2n, 2n, 3n], latents: [3, 1, 2] }, /latents of a row must rise/],
    ["a latent that is not there", { latents: [0, 1, 9] }, /be below 9, got 9 after -1 in row 2/],
    ["a negative latent", { latents: [0, -1, 2] }, /got -1 after -1 in row 1/],
    ["offsets of other rows", { offsets: [0n, 3n] }, /offsets must hold 4 numbers for the shape \[3,9\], got 2/],
    ["more values than latents", { latents: [0, 1] }, /latents and values must be as many, got 2 and 3/],
    [
      "a value that is not finite",
      { values: [1, Number.NaN, 3] },
      /values must be finite, got NaN of latent 1 in row 1/,
    ],
    ["no shape", { shape: undefined }, /metadata must give the shape \[rows, latents\], got none/],
  ])(
    "refuses %s",
    async (_, { offsets = [0n, 1n, 2n, 3n], latents = [0, 1, 2], values = [1, 2, 3], ...rest }: Parts, message) => {
      const shape = "shape" in rest ? rest.shape : "[3,9]";
      const bytes = writeSafetensors(
        [
          ["offsets", { dtype: "I64", shape: [offsets.length], data: BigInt64Array.from(offsets) }],
          ["latents", { dtype: "I32", shape: [latents.length], data: Int32Array.from(latents) }],
          ["values", { dtype: "F32", shape: [3], data: Float32Array.from(values) }],
        ],
        shape === undefined ? [] : [["shape", shape]],
      );
      await expect(open(bytes).then((codes) => codes.readRows(0, 3))).rejects.toThrow(message);
    },
  );
});

it("codesWithout leaves rows out", async () => {
  await fc.assert(
    fc.asyncProperty(
      matrix,
      fc.array(fc.boolean(), { maxLength: 12 }),
      fc.nat(12),
      fc.nat(12),
      async (rows, gone, a, b) => {
        const left = rows.filter((_, row) => !gone[row]);
        const codes = codesWithout(
          await open(fileOf(rows)),
          Int32Array.from(rows.keys()).filter((row) => gone[row]),
        );
        expect(codes.rows).toBe(left.length);
        const [start, end] = [Math.min(a, b, left.length), Math.min(Math.max(a, b), left.length)];
        const read = await codes.readRows(start, end - start);
        expect(rowsOf(read)).toEqual(left.slice(start, end));
        expect([...read.values]).toEqual(left.slice(start, end).flat().map(codeOf));
      },
    ),
  );
});

it("joinedCodes reads files whose rows follow each other as one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(matrix, { minLength: 1, maxLength: 4 }), fc.nat(40), fc.nat(40), async (files, a, b) => {
      const rows = files.flat();
      const codes = joinedCodes(await Promise.all(files.map((file) => open(fileOf(file)))));
      expect(codes).toMatchObject({ rows: rows.length, latents: 9, entries: rows.flat().length });
      const [start, end] = [Math.min(a, b, rows.length), Math.min(Math.max(a, b), rows.length)];
      expect(rowsOf(await codes.readRows(start, end - start))).toEqual(rows.slice(start, end));
    }),
  );
  expect(() => joinedCodes([])).toThrow("must be of one number of latents, got none");
});

interface Parts {
  readonly offsets?: readonly bigint[];
  readonly latents?: readonly number[];
  readonly values?: readonly number[];
  readonly shape?: string | undefined;
}

const rowsOf = ({ offsets, latents }: SparseRows): number[][] =>
  Array.from({ length: offsets.length - 1 }, (_, row) => [...latents.subarray(offsets[row], offsets[row + 1])]);
