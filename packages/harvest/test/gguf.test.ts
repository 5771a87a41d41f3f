import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { bytesSource, FormatError } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openGguf } from "../src/models/gguf/openGguf.js";
import { ggufTokenizer } from "../src/models/gguf/tokenizer.js";
import { f32Tensor, ggufFile } from "./support/ggufFile.js";

interface Stored {
  readonly type: number;
  readonly bytes: string;
  readonly values: string;
}

const formats: Readonly<Record<string, Stored>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/gguf/formats.json"), "utf8"),
);
const open = (bytes: Uint8Array) => openGguf(bytesSource(bytes, "tiny.gguf"));

describe("the numbers of a GGUF file", () => {
  it.each(Object.entries(formats))(
    "of %s are those that the gguf package reads",
    async (_, { type, bytes, values }) => {
      const tensor = { name: "x", shape: [2, 64], type, bytes: Buffer.from(bytes, "base64") };
      const file = await open(ggufFile({}, [f32Tensor("before", [3], Float32Array.of(1, 2, 3)), tensor]));
      const expected = new Float32Array(new Uint8Array(Buffer.from(values, "base64")).buffer);
      expect(file.tensor("x").shape).toEqual([2, 64]);
      const withoutSign = (numbers: Float32Array) => Array.from(numbers, (x) => x + 0); // of zero
      expect(withoutSign(await file.tensor("x").read())).toEqual(withoutSign(expected));
    },
  );

  it("come in parts where there are many", async () => {
    const values = Float32Array.from({ length: 2_500_000 }, (_, i) => i);
    const file = await open(ggufFile({}, [f32Tensor("x", [values.length], values)]));
    expect(Buffer.from((await file.tensor("x").read()).buffer).equals(Buffer.from(values.buffer))).toBe(true);
  });
});

describe("the header of a GGUF file", () => {
  const file = ggufFile(
    { name: "tiny", size: 7, eps: { float: 0.5 }, tokens: ["a", "bé"], kinds: [1, 2, 3], "general.alignment": 32 },
    [f32Tensor("x", [2], Float32Array.of(1, 2)), f32Tensor("y", [1], Float32Array.of(3))],
  );

  it("gives metadata of all kinds, of version 2 too", async () => {
    const metadata = {
      name: "tiny",
      size: 7,
      eps: 0.5,
      tokens: ["a", "bé"],
      kinds: [1, 2, 3],
      "general.alignment": 32,
    };
    expect((await open(file)).metadata).toEqual(metadata);
    expect((await open(ggufFile({ size: 7 }, [], 2))).metadata).toEqual({ size: 7 });
  });

  it.each([
    ["another version", ggufFile({}, [], 1), "gguf-version"],
    ["other bytes", new TextEncoder().encode("GGML and more"), "gguf-magic"],
    [
      "two tensors of a name",
      ggufFile(
        {},
        [0, 1].map(() => f32Tensor("x", [1], Float32Array.of(1))),
      ),
      "duplicate-key",
    ],
    ["half a block", ggufFile({}, [{ name: "x", shape: [33], type: 8, bytes: new Uint8Array(68) }]), "bad-shape"],
    ["no alignment", ggufFile({ "general.alignment": 0 }, []), "gguf-metadata"],
  ])("refuses %s", async (_, bytes, code) => {
    await expect(open(bytes)).rejects.toMatchObject({ code });
  });

  it("is read or refused, whatever its bytes", async () => {
    const change = fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = new Uint8Array(file);
        for (const [at, value] of changes) bytes[at] = value;
        const reading = open(bytes).then((opened) => (opened.has("x") ? opened.tensor("x").read() : undefined));
        await reading.catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});

describe("the tokenizer of a GGUF file", () => {
  const letters = ["h", "e", "l", "o", "Ġ", "1", "2"];
  const metadata = (pre: string) => ({
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": pre,
    "tokenizer.ggml.tokens": ["<|end|>", ...letters, "he", "ll", "hell", "hello", "Ġhello", "12"],
    "tokenizer.ggml.token_type": [3, ...Array<number>(13).fill(1)],
    "tokenizer.ggml.merges": ["h e", "l l", "he ll", "hell o", "Ġ hello", "1 2"],
  });
  const encode = (pre: string, text: string) =>
    new Tokenizer(ggufTokenizer(metadata(pre)).tokenizer as never, {} as never).encode(text).tokens;

  it("merges byte pairs, cuts numbers as the model does, and knows special tokens", () => {
    expect(encode("gpt-2", "hello hello12")).toEqual(["hello", "Ġhello", "12"]);
    expect(encode("smollm", "hello hello12<|end|>")).toEqual(["hello", "Ġhello", "1", "2", "<|end|>"]);
    expect(encode("llama-bpe", "hello hello12")).toEqual(["hello", "Ġhello", "12"]);
    expect(encode("qwen2", "hello hello12")).toEqual(["hello", "Ġhello", "1", "2"]);
  });

  it("is absent with the reason where it is of another kind", () => {
    expect(ggufTokenizer(metadata("viking")).tokenizerAbsent).toMatch(/like gpt-2, .*got viking$/);
    expect(ggufTokenizer({}).tokenizerAbsent).toBe("its tokenizer must be byte-level BPE (gpt2), got none");
  });
});
