import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { bytesSource } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { bpeTokenizer } from "../../../docs/examples/bpeTokenizer.mjs";
import { openTokenizer } from "../src/tokenizers/openTokenizer.js";

const shared = resolve(process.env.MONOSEMA_SHARED ?? join(import.meta.dirname, "../../../../shared"));
const file = join(shared, "data/lm/tok512.bin");

describe.skipIf(!existsSync(file))("the tokenizer of llama2.c (needs the shared data)", () => {
  it("gives the tokens of the plain one, ties and odd characters included", async () => {
    const bytes = readFileSync(file);
    const tokenizer = await openTokenizer(bytesSource(bytes, "tok512.bin"));
    const plain = bpeTokenizer(bytes);
    const stories = JSON.parse(readFileSync(join(shared, "data/text/tinystories_1000.json"), "utf8")) as string[];
    for (const text of [...stories.slice(0, 20), "", "aaaaaaaaa", "naïve 🙂 \n\n\tx", "lllll  oo "]) {
      expect([1, ...tokenizer.encode(text)]).toEqual(plain.encode(text));
    }
    expect(tokenizer.vocabulary).toBe(512);
    expect([...tokenizer.encode("Once upon")].map(tokenizer.text).join("")).toBe(" Once upon");
  });
});

/** A byte-level BPE with one merge and a start token. */
const json = {
  version: "1.0",
  added_tokens: [
    { id: 4, content: "<s>", special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
  ],
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
    pair: [],
    special_tokens: { "<s>": { id: "<s>", ids: [4], tokens: ["<s>"] } },
  },
  decoder: { type: "ByteLevel" },
  model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2, Ġ: 3 }, merges: ["a b"] },
};

it("a tokenizer.json gives ids without the special tokens that it adds", async () => {
  const tokenizer = await openTokenizer(bytesSource(new TextEncoder().encode(JSON.stringify(json)), "tokenizer.json"));
  expect([...tokenizer.encode("abb ab")]).toEqual([2, 1, 3, 2]);
  expect([tokenizer.vocabulary, tokenizer.text(3), tokenizer.text(4)]).toEqual([5, " ", "<s>"]);
});

it.each([
  ["{}", "got JSON without a model"],
  ['{"model": {"type": "Nonsense"}}', "the tokenizer must be the tokenizer.json"],
  ["GGUF and more", "got neither"],
])("%s is refused", async (text, message) => {
  await expect(openTokenizer(bytesSource(new TextEncoder().encode(text), "t"))).rejects.toThrow(message);
});
