import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { FormatError } from "@monosema/tensor";
import type { Tokenizer } from "./tokenizer.js";

/**
 * The tokenizer of a `tokenizer.json` of Hugging Face.
 *
 * @param json - its content
 * @param file - name for messages
 * @throws FormatError `bad-tokenizer`
 */
export function jsonTokenizer(json: unknown, file: string): Tokenizer {
  const tokenizer = opened(json, file);
  const ids = [...tokenizer.get_vocab(true).values(), ...tokenizer.get_added_tokens_decoder().keys()];
  return {
    kind: "tokenizer.json",
    vocabulary: 1 + ids.reduce((most, id) => Math.max(most, id), -1),
    encode: (text) => Int32Array.from(tokenizer.encode(text, { add_special_tokens: false }).ids),
    text: (token) => tokenizer.decode([token], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
  };
}

function opened(json: unknown, file: string): HuggingFaceTokenizer {
  const required = "the tokenizer must be the tokenizer.json of Hugging Face's tokenizers";
  if (typeof Object(json).model !== "object") {
    throw new FormatError("bad-tokenizer", `${required}, got JSON without a model; give that file`, { file });
  }
  try {
    return new HuggingFaceTokenizer(json as object, {});
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError("bad-tokenizer", `${required}, got: ${problem}; give another, or token ids`, { file });
  }
}
