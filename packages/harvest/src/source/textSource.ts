import { FormatError } from "@monosema/tensor";
import type { HarvestModel, TokenFacts } from "../models/harvestModel.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import type { FileHash } from "./fileHash.js";
import type { HarvestDocument } from "./harvestDocument.js";
import type { HarvestSource, SourceSize } from "./harvestSource.js";
import { windowGroups } from "./windowGroups.js";

/** Texts, or lists of token ids, for a language model. */
export interface TextSourceOptions {
  /** Where they come from. */
  readonly texts: HarvestTexts;
  /** Of the model, with the SHA-256 of its file; may be left out where there are token ids only. */
  readonly tokenizer?: Tokenizer & FileHash;
  /** Tokens of a window, start and end tokens included. Default 128, or the model's context where that is less. */
  readonly length?: number;
  /** Token before every window, whose own row is left out; null: none, and none behind. Default: the model's. */
  readonly start?: number | null;
}

/** Where documents come from. */
export interface HarvestTexts {
  /** Name of their file. */
  readonly name: string;
  /** The documents from the first one on. */
  documents(): AsyncIterable<HarvestDocument>;
  /** Whether `documents` can be called several times, which a pipe cannot. */
  readonly repeatable: boolean;
  /** Number of tokens, where it is known. */
  readonly tokens?: number;
}

/**
 * Documents, cut into windows that each begin with the start token, and end with the end token of models that have one.
 *
 * @throws RangeError for what does not fit the model
 */
export function textSource(model: HarvestModel, { texts, tokenizer, ...options }: TextSourceOptions): HarvestSource {
  const { tokens } = model;
  if (tokens === undefined)
    throw refused(`the model must take token ids, got ${model.name}, which does not; give images`);
  const { vocabulary = Number.POSITIVE_INFINITY } = tokens;
  if (tokenizer && tokens.vocabulary !== undefined) refuseForeign(tokenizer.vocabulary, tokens.vocabulary);
  const { length, start } = windowOf(tokens, options);
  const before = start === null ? [] : [start];
  const after = tokens.end === undefined || start === null ? [] : [tokens.end];
  const rowsPerItem = length - before.length - after.length;
  return {
    name: texts.name,
    settings: {
      ...(tokenizer ? { tokenizer: { kind: tokenizer.kind, sha256: tokenizer.sha256 } } : {}),
      length,
      start,
      ...(after.length > 0 ? { end: tokens.end } : {}),
    },
    length,
    rowsPerItem,
    ...(tokenizer ? { tokenizer } : {}),
    documents: () => texts.documents(),
    async *groups(documents, given) {
      const encode = (document: HarvestDocument): Int32Array => encoded(document, texts, tokenizer, vocabulary);
      for await (const { windows, ...group } of windowGroups(documents, { ...given, length: rowsPerItem, encode })) {
        const ids = windows.map((window) => Int32Array.of(...before, ...window.ids, ...after));
        yield { ...group, items: windows, inputs: model.inputs(ids), before: before.length };
      }
    },
    size: (limit) => sizeOf(texts, tokenizer, limit),
  };
}

function windowOf(
  { context = Number.POSITIVE_INFINITY, vocabulary = Number.POSITIVE_INFINITY, start: own, end }: TokenFacts,
  { length = Math.min(128, context), start = own ?? null }: Pick<TextSourceOptions, "length" | "start">,
): { readonly length: number; readonly start: number | null } {
  const least = start === null ? 1 : end === undefined ? 2 : 3;
  if (!(Number.isSafeInteger(length) && length >= least)) {
    throw refused(`length must be a whole number of at least ${least}, got ${length}; correct it`);
  }
  if (length > context) {
    throw refused(`length must be at most the model's context, ${context}, got ${length}; shorten the windows`);
  }
  if (start !== null && !(Number.isInteger(start) && start >= 0 && start < vocabulary)) {
    throw refused(`start must be a token id below ${vocabulary}, got ${start}; name another, or none`);
  }
  return { length, start };
}

/** Models often have a few more ids than their tokenizer, for a round number; fewer, or many more, are another model's. */
function refuseForeign(tokenizer: number, model: number): void {
  if (tokenizer <= model && tokenizer >= 0.97 * model) return;
  throw refused(
    `the tokenizer must be the model's, of ${model} token ids, got one of ${tokenizer}; give the tokenizer that belongs to the model`,
  );
}

function encoded(
  { id, content }: HarvestDocument,
  { name }: HarvestTexts,
  tokenizer: Tokenizer | undefined,
  vocabulary: number,
): Int32Array {
  if (typeof content === "string" && tokenizer === undefined) {
    throw refused("texts need a tokenizer, got none; give the model's tokenizer.json, or token ids");
  }
  const ids = typeof content === "string" ? (tokenizer as Tokenizer).encode(content) : content;
  const wrong = ids.find((token) => token < 0 || token >= vocabulary);
  if (wrong === undefined) return ids;
  const message = `token ids must be below the model's ${vocabulary}, got ${wrong} in document ${id}; give those of this model`;
  throw new FormatError("bad-tokens", message, { file: name });
}

/** Tokens after which the number of all is estimated. */
const sample = 20_000;

async function sizeOf(
  texts: HarvestTexts,
  tokenizer: Tokenizer | undefined,
  limit: number | undefined,
): Promise<SourceSize> {
  const most = limit ?? Number.POSITIVE_INFINITY;
  if (texts.tokens !== undefined) return { rows: Math.min(texts.tokens, most), estimated: false };
  if (!texts.repeatable) return limit === undefined ? { estimated: true } : { rows: limit, estimated: true };
  let tokens = 0;
  for await (const { content, share } of texts.documents()) {
    tokens += typeof content === "string" ? (tokenizer?.encode(content).length ?? 0) : content.length;
    if (tokens >= most) return { rows: most, estimated: false };
    if (tokens >= sample && share !== undefined) {
      const all = Math.round(tokens / share);
      return { rows: Math.min(most, all), estimated: share < 1 && all < most };
    }
  }
  return { rows: tokens, estimated: false };
}

const refused = (message: string): RangeError => new RangeError(`harvest: ${message}`);
