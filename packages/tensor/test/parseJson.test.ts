import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../src/errors.js";
import { bytesSource } from "../src/io/byteSource.js";
import { parseJson } from "../src/io/parseJson.js";
import { readText } from "../src/io/text.js";

/** JSON as Python's json.dumps writes it. */
function dumps(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(dumps).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${dumps(item)}`)
    .join(", ")}}`;
}

const special = fc.constantFrom(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  "NaN",
  '"Infinity"',
  "a\\",
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    special,
    fc.jsonValue(),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie("tree"), { maxKeys: 3 }),
  ),
}));

describe("parseJson", () => {
  it("reads what Python writes: NaN and infinities outside of strings, whatever stands in strings", () => {
    fc.assert(
      fc.property(tree, fc.boolean(), (value, mark) => {
        expect(parseJson(`${mark ? "\ufeff" : ""}${dumps(value)}`, "f")).toEqual(
          JSON.parse(JSON.stringify({ value }, infinite), finite).value,
        );
      }),
    );
  });

  it("reads a plain file as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text, "f")).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(["", "{", "nan", "-NaN", "+Infinity", "[NaN", "NaNs", "{'a': 1}", '["\\u0000NaN", x]', '"\\u0000NaN" NaN'])(
    "refuses %j and names the file",
    (text) => {
      expect(() => parseJson(text, "cfg.json")).toThrow(
        expect.objectContaining({
          code: "not-json",
          message: expect.stringContaining("cfg.json: the text must be JSON"),
        }),
      );
    },
  );
});

/** Numbers that JSON lacks, as strings and back: the definition that the reader is compared with. */
const names = new Map<unknown, string>([
  [Number.NaN, "\u0001NaN"],
  [Number.POSITIVE_INFINITY, "\u0001+"],
  [Number.NEGATIVE_INFINITY, "\u0001-"],
]);
const infinite = (_: string, value: unknown) => names.get(value) ?? value;
const finite = (_: string, value: unknown) => [...names].find(([, name]) => name === value)?.[0] ?? value;

describe("readText", () => {
  const read = (bytes: Uint8Array) => readText(bytesSource(bytes, "labels.csv"));

  it("leaves a byte-order mark out and reads UTF-16 by it", async () => {
    const utf16be = Buffer.from("\ufeffl\u00e4", "utf16le").swap16();
    for (const bytes of [
      Buffer.from("l\u00e4"),
      Buffer.from("\ufeffl\u00e4"),
      Buffer.from("\ufeffl\u00e4", "utf16le"),
      utf16be,
    ])
      expect(await read(bytes)).toBe("l\u00e4");
    expect(await read(new Uint8Array(0))).toBe("");
  });

  it("names a file that is no text", async () => {
    await expect(read(Uint8Array.of(0x50, 0x4b, 0xff, 0x80))).rejects.toThrow(FormatError);
    await expect(read(Uint8Array.of(0x50, 0x4b, 0xff, 0x80))).rejects.toMatchObject({
      code: "not-text",
      message: expect.stringMatching(/^labels\.csv: .*UTF-8/),
    });
  });

  it("refuses what is longer than a text can be before reading it", async () => {
    const source = { ...bytesSource(new Uint8Array(50), "big.json"), size: 2 ** 29 };
    await expect(readText(source)).rejects.toMatchObject({ code: "text-too-large" });
  });
});
