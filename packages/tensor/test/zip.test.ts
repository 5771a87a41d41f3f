import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/io/byteSource.js";
import { crc32 } from "../src/io/zip/crc32.js";
import { openZip } from "../src/io/zip/openZip.js";
import { writeZip, zipParts } from "../src/io/zip/zipParts.js";
import { atOddOffset } from "./support/bytes.js";
import { type HandFile, handZip } from "./support/handZip.js";

const text = (string: string): Uint8Array => new TextEncoder().encode(string);
const open = (bytes: Uint8Array) => openZip(bytesSource(bytes, "f.zip"));
const plain: HandFile[] = [
  { name: "a/first.txt", data: text("first") },
  { name: "second", data: text("second ".repeat(100)), method: 8 },
  { name: "größe", data: new Uint8Array(0) },
];

/** Place of the only line of a directory, of a file with the name x, from the end. */
const entryOfX = -22 - 47;
/** The same bytes with some of them replaced, from the end for a negative place. */
const patched = (bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array => {
  bytes.set(values, at < 0 ? bytes.length + at : at);
  return bytes;
};

describe("openZip", () => {
  it.each([
    ["a plain zip", handZip(plain)],
    [
      "one behind other bytes and before a comment",
      handZip(plain, { prefix: "#!/bin/sh\n", comment: "PK\x05\x06 no" }),
    ],
    ["zip64", handZip(plain, { zip64: true })],
    ["zip64 behind other bytes", handZip(plain, { zip64: true, prefix: "PK" })],
    ["a view at an odd place", atOddOffset(handZip(plain))],
  ])("lists and reads the files of %s", async (_, bytes) => {
    const zip = await open(bytes);
    expect([...zip.entries.values()]).toMatchObject([
      { name: "a/first.txt", size: 5, compressedSize: 5, method: 0, crc: crc32(text("first")) },
      { name: "second", size: 700, method: 8 },
      { name: "größe", size: 0 },
    ]);
    for (const { name, data = new Uint8Array(0) } of plain) {
      expect([...(await zip.read(name))]).toEqual([...data]);
    }
  });

  it("reads a range of a stored file without reading more of it", async () => {
    const bytes = handZip([{ name: "x", data: Uint8Array.from({ length: 1000 }, (_, i) => i % 251) }]);
    const source = bytesSource(bytes);
    const entry = await (await openZip(source)).open("x");
    let read = 0;
    source.read = async (offset, length) => {
      read += length;
      return bytes.subarray(offset, offset + length);
    };
    expect(entry.size).toBe(1000);
    const [first] = await entry.read(300, 10);
    expect(first).toBe(300 % 251);
    await expect(entry.read(995, 6)).rejects.toThrow(RangeError);
    expect(read).toBeLessThanOrEqual(10);
  });

  it("checks a CRC-32 where a file is read whole, and not for ranges", async () => {
    const zip = await open(handZip([{ name: "x", data: text("data"), crc: 7 }]));
    await expect(zip.read("x")).rejects.toMatchObject({ code: "zip-crc" });
    const entry = await zip.open("x");
    expect(await entry.read(0, 4)).toEqual(text("data"));
    await expect(entry.verify()).rejects.toThrow(/^f.zip: x must have CRC-32 00000007, got adf3f363; .*\[zip-crc\]$/);
  });

  it("takes CRCs that are all 0 for not computed", async () => {
    const zip = await open(handZip(plain.map((file) => ({ ...file, crc: 0 }))));
    expect(await zip.read("a/first.txt")).toEqual(text("first"));
    expect(zip.entries.get("second")).not.toHaveProperty("crc");
  });

  it("gives back an error of the source as it is", async () => {
    const bytes = handZip([{ name: "x", data: new Uint8Array(1000), method: 8 }]);
    const source = bytesSource(bytes);
    const zip = await openZip(source);
    const { read } = source;
    source.read = async (offset, length) => {
      if (length === zip.entries.get("x")?.compressedSize) throw new Error("disk on fire");
      return await read(offset, length);
    };
    await expect(zip.read("x")).rejects.toThrow(/^disk on fire$/);
  });

  const stored = { name: "x", data: text("some data") };
  const deflated = { name: "x", data: new Uint8Array(5000), method: 8 };
  it.each<[string, string, Uint8Array]>([
    ["zip-truncated", "an empty file", new Uint8Array(0)],
    ["zip-truncated", "bytes of another kind", new Uint8Array(100)],
    ["zip-truncated", "a file cut short", handZip(plain).subarray(0, -1)],
    ["zip-truncated", "a beginning cut off", handZip(plain).subarray(20)],
    ["zip-directory", "a count that is too large", handZip([stored], { count: 2 })],
    ["zip-directory", "a count that is too small", handZip(plain, { count: 1 })],
    ["zip-name", "..", handZip([{ ...stored, name: "a/../../x" }])],
    ["zip-name", "an absolute path", handZip([{ ...stored, name: "/etc/passwd" }])],
    ["zip-name", "a backslash", handZip([{ ...stored, name: "a\\b" }])],
    ["zip-name", "a drive", handZip([{ ...stored, name: "C:x" }])],
    ["zip-name", "no name", handZip([{ ...stored, name: "" }])],
    ["zip-name", "a name that stands twice", handZip([stored, stored])],
    ["zip-encrypted", "encryption", handZip([{ ...stored, flags: 1 }])],
    ["zip-method", "another compression", handZip([{ ...stored, method: 12 }])],
    ["zip-size", "a stored size that is not its own", handZip([{ ...stored, size: 10 }])],
    ["zip-size", "a size beyond what deflate can do", handZip([{ ...deflated, size: 1e6 }])],
    ["zip-size", "a file that reaches into the directory", handZip([{ ...stored, size: 60, compressedSize: 60 }])],
    ["zip-size", "files that overlap", handZip([{ ...stored }, { ...stored, name: "y", offset: 0 }])],
    ["zip-size", "an offset beyond the file", handZip([{ ...stored, offset: 1e6 }])],
  ])("refuses with %s: %s", async (code, _, bytes) => {
    await expect(open(bytes)).rejects.toMatchObject({ name: "FormatError", code });
  });

  it.each<[string, string, Uint8Array]>([
    ["zip-name", "a local header with another name", handZip([{ ...stored, localName: "y" }])],
    ["zip-directory", "a local header that is none", patched(handZip([stored]), 0, [0])],
    ["zip-size", "a bomb: more than its size", handZip([{ ...deflated, size: 4999 }])],
    ["zip-size", "less than its size", handZip([{ ...deflated, size: 5001 }])],
    ["zip-deflate", "no deflate stream", patched(handZip([stored]), entryOfX + 10, [8])],
    ["zip-deflate", "a stream that is cut short", handZip([{ ...deflated, compressedSize: 10 }])],
    ["zip-crc", "another CRC-32", handZip([{ ...deflated, crc: 1 }])],
    ["zip-entry-not-found", "a name that is not there", handZip([{ ...stored, name: "y" }])],
  ])("refuses to read with %s: %s", async (code, _, bytes) => {
    const zip = await open(bytes);
    await expect(zip.read("x")).rejects.toMatchObject({ name: "FormatError", code });
  });

  it("refuses to inflate more than 2 GiB before it inflates anything", async () => {
    const bytes = writeZip([["x", new Uint8Array(2_200_000)]]);
    patched(patched(bytes, entryOfX + 10, [8]), entryOfX + 24, [1, 0, 0, 0x80]);
    const zip = await open(bytes);
    expect(zip.entries.get("x")?.size).toBe(2 ** 31 + 1);
    await expect(zip.read("x")).rejects.toThrow(/x must have at most 2147483648 bytes .*\[zip-size\]$/);
  });
});

describe("writeZip", () => {
  it("writes what openZip reads, the same bytes each time, aligned where that is asked for", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-zé]{1,9}$/), fc.uint8Array({ maxLength: 200 })), {
          selector: ([name]) => name,
          maxLength: 6,
        }),
        fc.constantFrom(1, 4, 64),
        async (files, align) => {
          const bytes = writeZip(files, { align });
          expect(writeZip(files, { align })).toEqual(bytes);
          const zip = await open(bytes);
          expect([...zip.entries.keys()]).toEqual(files.map(([name]) => name));
          for (const [name, data] of files) {
            const read = await zip.read(name);
            expect(read).toEqual(data);
            expect(read.byteOffset % align).toBe(0);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("says the sizes that it writes, and uses zip64 beyond 4 GiB", async () => {
    const size = 2 ** 32 + 5;
    const nothing = { size, parts: [] };
    const { size: whole, parts } = zipParts([
      ["big", nothing],
      ["behind", new Uint8Array(3)],
    ]);
    const written = [...parts].reduce((sum, part) => sum + part.length, 0);
    expect(whole).toBe(size + written);
    const [tail] = [
      [
        ...zipParts([
          ["big", nothing],
          ["behind", new Uint8Array(3)],
        ]).parts,
      ],
    ];
    const ends = Uint8Array.from(tail.slice(3).flatMap((part) => [...part]));
    const zip = await openZip({
      ...bytesSource(new Uint8Array(0), "big.zip"),
      size: whole,
      read: async (offset, length) => {
        const shift = whole - ends.length;
        return Uint8Array.from({ length }, (_, i) => (offset + i < shift ? 0 : (ends[offset + i - shift] as number)));
      },
    });
    expect(zip.entries.get("big")?.size).toBe(size);
    expect(zip.entries.get("behind")?.size).toBe(3);
  });

  it.each(["../x", "/x", "a\\b", "", "é".repeat(40_000)])("refuses the name %j", (name) => {
    expect(() => writeZip([[name, new Uint8Array(0)]])).toThrow(/^writeZip: names must be relative paths/);
    expect(() => writeZip([], { align: 0 })).toThrow(/^writeZip: align must be/);
  });
});

it("crc32 is that of zip, also when it is computed in parts", () => {
  expect(crc32(text("123456789"))).toBe(0xcbf43926); // the check value of the algorithm's catalogue
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) & 255);
  for (const cut of [0, 1, 7, 8, 50, 100]) {
    expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(crc32(bytes));
  }
});
