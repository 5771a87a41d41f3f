import { type ByteSource, parseJson, readText } from "@monosema/tensor";
import { jsonTokenizer } from "./jsonTokenizer.js";
import { llama2cTokenizer } from "./llama2cTokenizer.js";
import type { Tokenizer } from "./tokenizer.js";

/**
 * Opens the file of a tokenizer: the `tokenizer.json` of Hugging Face, or a `tok*.bin` of llama2.c.
 *
 * @throws FormatError `bad-tokenizer` for anything else
 */
export async function openTokenizer(source: ByteSource): Promise<Tokenizer> {
  const [first] = await source.read(0, Math.min(1, source.size));
  const isJson = first === 0x7b || first === 0xef || first === 0x20 || first === 0x0a;
  if (isJson) return jsonTokenizer(parseJson(await readText(source), source.name), source.name);
  return llama2cTokenizer(await source.read(0, source.size), source.name);
}
