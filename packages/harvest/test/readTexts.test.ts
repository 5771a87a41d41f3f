import { describe, expect, it } from "vitest";
import { openDocuments, readVocabulary } from "../src/read.js";
import { filesInMemory, messageOf } from "./support/fixtures.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the vocabulary beside activations", () => {
  it.each([
    [
      "a list",
      '["a", "b"]',
      [
        [0, "a"],
        [1, "b"],
      ],
    ],
    [
      "a record",
      '{"7": "x", "3": " y"}',
      [
        [3, " y"],
        [7, "x"],
      ],
    ],
  ])("is %s of texts by id", async (_, text, expected) => {
    const texts = await readVocabulary(filesInMemory({ "vocab.json": utf8(text) }));
    expect([...(texts ?? [])]).toEqual(expected);
  });

  it.each(['{"a": "x"}', "[1]", '"x"', "3"])("is refused as %s", async (text) => {
    expect(await messageOf(readVocabulary(filesInMemory({ "vocab.json": utf8(text) })))).toMatch(/\[vocabulary\]/);
  });

  it("may be absent", async () => {
    expect(await readVocabulary(filesInMemory({}))).toBeUndefined();
  });
});

describe("the documents beside activations", () => {
  it("are read by id, also where lines are longer than what is read at a time", async () => {
    const long = "雪".repeat(700_000);
    const lines = [
      { id: 4, text: long },
      { id: 0, text: "b", licence: "CC0" },
      { id: 9, text: "c\nd" },
      { id: 10, file: "d.png" }, // an image
    ];
    const file = `${lines.map((line) => JSON.stringify(line)).join("\r\n")}\n\n`;
    const documents = await openDocuments(filesInMemory({ "documents.jsonl": utf8(file) }));
    expect(documents?.ids).toEqual([4, 0, 9, 10]);
    expect((await documents?.read(4))?.text).toBe(long);
    expect(await documents?.read(0)).toEqual({ id: 0, text: "b", fields: lines[1] });
    expect((await documents?.read(9))?.text).toBe("c\nd");
    expect(await documents?.read(10)).toEqual({ id: 10, fields: lines[3] });
    expect(await messageOf(documents?.read(5) ?? Promise.resolve())).toMatch(/document 5, got 4 others/);
  });

  it.each([
    ["an id twice", '{"id": 1, "text": ""}\n{"id": 1, "text": ""}', /line 2 must have an id of its own, got 1/],
    ["no id", '{"text": ""}', /line 1 must have a whole number as id, got none/],
    ["no text", '\n{"id": 1}', /line 2 must have a text, got none/],
    ["a text that is none", '{"id": 1, "text": 2, "file": "a.png"}', /line 1 must have a text, got 2/],
    ["no JSON", '{"id": 1, "text": ""}\n{', /line 2.*not-json/],
  ])("are refused for %s, by line", async (_, text, message) => {
    expect(await messageOf(openDocuments(filesInMemory({ "documents.jsonl": utf8(text) })))).toMatch(message);
  });
});
