import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TextStream, textDocuments } from "../src/text/textDocuments.js";

/** A file that comes in chunks of a few bytes. */
function stream(name: string, content: string | Uint8Array, chunk = 5): TextStream {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    name,
    size: bytes.length,
    async *bytes() {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    },
  };
}

async function contents(...given: Parameters<typeof textDocuments>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { content } of textDocuments(...given)) all.push(content);
  return all;
}

describe("documents", () => {
  it.each([
    ["a.txt", "one\n\n  \ntwo\r\nthree", ["one", "two", "three"]],
    ["a.jsonl", '{"text": "one", "source": "s"}\n"two"\n', ["one", "two"]],
    ["a.json", '["one",\n {"text": "two"}]', ["one", "two"]],
    ["-", '{"text": "one"}\n', ["one"]],
    ["-", "plain\nlines\n", ["plain", "lines"]],
    ["a.txt", '{"text": "not JSON here"}\n', ['{"text": "not JSON here"}']],
  ])("of %s", async (name, content, expected) => {
    expect(await contents(stream(name, content))).toEqual(expected);
  });

  it("are the lines of any text, wherever it is cut", async () => {
    const line = fc.string({ unit: "grapheme" }).filter((text) => text.trim() !== "" && !/[\r\n\ufeff]/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), async (lines, chunk) => {
        expect(await contents(stream("a.txt", lines.join("\n"), chunk))).toEqual(lines);
      }),
      { numRuns: 200 },
    );
  });

  it("know their number, what else is said of them, and their share", async () => {
    const all = [];
    for await (const document of textDocuments(stream("a.jsonl", '{"text":"a","licence":"MIT"}\n{"text":"bb"}\n')))
      all.push(document);
    expect(all).toEqual([
      { id: 0, content: "a", record: { licence: "MIT", text: "a" }, share: 29 / 43 },
      { id: 1, content: "bb", record: { text: "bb" }, share: 1 },
    ]);
  });

  it("have their text under another key", async () => {
    expect(await contents(stream("a.jsonl", '{"content": "x"}'), { key: "content" })).toEqual(["x"]);
  });
});

it.each([
  ["a.txt", Uint8Array.of(97, 10, 0xff, 98, 10), "texts must be UTF-8, got other bytes in line 2"],
  ["a.jsonl", '{"text": "a"}\n{oops\n', "each line must be JSON, line 2 is not"],
  ["a.jsonl", '{"body": "a"}\n', "line 1 must be a string or a record with the text under text, got keys body"],
  ["a.json", '{"text": "a"}', "texts in JSON must be a list, got object"],
  ["a.json", "[1]", "item 0 must be a string or a record"],
])("%s is refused with the place", async (name, content, message) => {
  await expect(contents(stream(name, content))).rejects.toThrow(message);
});

it("a line without end is refused before it fills the memory", async () => {
  const endless: TextStream = {
    name: "zeros.txt",
    async *bytes() {
      for (;;) yield new Uint8Array(2 ** 22);
    },
  };
  await expect(contents(endless)).rejects.toThrow(
    "a line must have at most 67108864 bytes, got a longer one as line 1",
  );
});
