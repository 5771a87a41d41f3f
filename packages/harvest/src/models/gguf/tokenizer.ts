import type { TokenFacts } from "../harvestModel.js";

type Metadata = Readonly<Record<string, unknown>>;

/** What of the tokenizers of llama.cpp is known: how text is cut before the byte pairs, by `tokenizer.ggml.pre`. */
const cuts: Readonly<
  Record<string, { readonly cut: unknown; readonly wholeWords?: boolean; readonly normalizer?: unknown }>
> = {
  "gpt-2": { cut: byteLevel(true) },
  smollm: { cut: sequence({ type: "Digits", individual_digits: true }, byteLevel(true)) },
  "llama-bpe": { cut: sequence(split("\\p{N}{1,3}"), byteLevel(false)), wholeWords: true },
  qwen2: { cut: sequence(split("\\p{N}"), byteLevel(false)), normalizer: { type: "NFC" } },
};
/** Number of ggml's kind of token that stands for no text. */
const controlKind = 3;

/** The tokenizer that the metadata hold, as a tokenizer.json of byte-level BPE; else why there is none. */
export function ggufTokenizer(metadata: Metadata): Pick<TokenFacts, "tokenizer" | "tokenizerAbsent"> {
  const kind = metadata["tokenizer.ggml.model"];
  if (kind !== "gpt2") return { tokenizerAbsent: `its tokenizer must be byte-level BPE (gpt2), got ${kind ?? "none"}` };
  const pre = String(metadata["tokenizer.ggml.pre"] ?? "gpt-2");
  const known = Object.hasOwn(cuts, pre) ? cuts[pre] : undefined;
  if (known === undefined) {
    return { tokenizerAbsent: `its tokenizer must cut text like ${Object.keys(cuts).join(", ")}, got ${pre}` };
  }
  const tokens = texts(metadata["tokenizer.ggml.tokens"]);
  const merges = texts(metadata["tokenizer.ggml.merges"]);
  if (tokens === undefined || merges === undefined)
    return { tokenizerAbsent: "its tokenizer must have tokens and merges, got none" };
  const kinds = metadata["tokenizer.ggml.token_type"];
  const special = (id: number) => Array.isArray(kinds) && kinds[id] === controlKind;
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: tokens.flatMap((content, id) => (special(id) ? [addedToken(id, content)] : [])),
    normalizer: known.normalizer ?? null,
    pre_tokenizer: known.cut,
    post_processor: null,
    decoder: { ...byteLevel(true), add_prefix_space: true },
    model: {
      type: "BPE",
      ...{ dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
      ...{ fuse_unk: false, byte_fallback: false, ignore_merges: known.wholeWords ?? false },
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map((merge) => merge.split(" ")),
    },
  };
  return { tokenizer };
}

const addedToken = (id: number, content: string) => ({
  ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
});

function byteLevel(regex: boolean): { readonly type: "ByteLevel"; readonly [setting: string]: boolean | string } {
  return { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: regex };
}

function sequence(...pretokenizers: readonly unknown[]): unknown {
  return { type: "Sequence", pretokenizers };
}

/** The pattern of GPT-4's tokenizer as Llama 3 and Qwen 2 use it, which differ in how they cut digits. */
function split(digits: string): unknown {
  const words = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
  const rest = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  return { type: "Split", pattern: { Regex: `${words}|${digits}|${rest}` }, behavior: "Isolated", invert: false };
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
}
