import { FormatError } from "@monosema/tensor";
import type { HarvestSettings } from "../harvest/manifest.js";
import type { HarvestDocument } from "../text/harvestDocument.js";
import type { HarvestRequest } from "./harvestRequest.js";

/** A request with its defaults. */
export interface ResolvedRequest {
  /** What decides every byte. */
  readonly settings: HarvestSettings;
  /** Tokens of a window, without the start token. */
  readonly tokensPerWindow: number;
  /** Tokens before every window. */
  readonly before: readonly number[];
  /** Token ids of a document. */
  readonly encode: (document: HarvestDocument) => Int32Array;
}

/** Numbers of a shard that are held at a time, unless the caller chooses. */
const heldNumbers = 2 ** 24;

/**
 * Checks a request and fills in what it leaves out.
 *
 * @throws RangeError for what does not fit the model
 */
export function resolvedRequest(request: HarvestRequest): ResolvedRequest {
  const { model, runtime, tokenizer, hooks, batch = 8, threads = 1, dtype = "F16", maxNorm = 5, limit } = request;
  const { tokens } = model;
  if (tokens === undefined) {
    throw refused(`the model must take token ids, got ${model.name}, which does not; give images`);
  }
  if (hooks.length === 0 || new Set(hooks).size < hooks.length) {
    throw refused(
      `hooks must be names, each once, got ${hooks.join(", ") || "none"}; see the list of the model's hooks`,
    );
  }
  const { context = Number.POSITIVE_INFINITY } = tokens;
  const length = request.length ?? Math.min(128, context);
  const start = request.start === undefined ? (tokens.start ?? null) : request.start;
  const least = start === null ? 1 : 2;
  for (const [name, value, smallest] of [
    ["length", length, least],
    ["batch", batch, 1],
    ["limit", limit ?? 1, 1],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= smallest) continue;
    throw refused(`${name} must be a whole number of at least ${smallest}, got ${value}; correct it`);
  }
  if (length > context)
    throw refused(`length must be at most the model's context, ${context}, got ${length}; shorten the windows`);
  if (start !== null && !(Number.isInteger(start) && start >= 0 && start < tokens.vocabulary)) {
    throw refused(`start must be a token id below ${tokens.vocabulary}, got ${start}; name another, or none`);
  }
  if (tokenizer) refuseForeign(tokenizer.vocabulary, tokens.vocabulary);
  const tokensPerWindow = length - (start === null ? 0 : 1);
  const rows = request.rowsPerShard ?? defaultRows(request);
  const windowsPerShard = batch * Math.max(1, Math.floor(rows / (tokensPerWindow * batch)));
  const { name, licence, format, architecture, sha256 } = model;
  return {
    settings: {
      model: { name, ...(licence === undefined ? {} : { licence }), format, architecture, sha256 },
      runtime: { name: runtime.name, version: runtime.version, threads },
      ...(tokenizer ? { tokenizer: { kind: tokenizer.kind, sha256: tokenizer.sha256 } } : {}),
      hookNames: hooks,
      length,
      batch,
      start,
      dtype,
      maxNorm,
      limit: limit ?? null,
      windowsPerShard,
    },
    tokensPerWindow,
    before: start === null ? [] : [start],
    encode: (document) => checked(document, request, tokens.vocabulary),
  };
}

/**
 * Models often have a few more ids than their tokenizer, for the sake of a round number; fewer, or many more, are another model's.
 */
function refuseForeign(tokenizer: number, model: number): void {
  if (tokenizer <= model && tokenizer >= 0.97 * model) return;
  throw refused(
    `the tokenizer must be the model's, of ${model} token ids, got one of ${tokenizer}; give the tokenizer that belongs to the model`,
  );
}

function defaultRows({ model, hooks }: HarvestRequest): number {
  const widths = hooks.map((hook) => model.hooks.find(({ name }) => name === hook)?.shape?.at(-1));
  const width = widths.reduce<number>((sum, one) => sum + (typeof one === "number" ? one : 0), 0);
  return Math.min(16_384, Math.floor(heldNumbers / Math.max(1, width)));
}

function checked(
  { id, content }: HarvestDocument,
  { tokenizer, texts }: HarvestRequest,
  vocabulary: number,
): Int32Array {
  if (typeof content === "string" && tokenizer === undefined) {
    throw refused(`texts need a tokenizer, got none; give the model's tokenizer.json, or token ids`);
  }
  const ids = typeof content === "string" ? (tokenizer as NonNullable<typeof tokenizer>).encode(content) : content;
  const wrong = ids.find((token) => token < 0 || token >= vocabulary);
  if (wrong === undefined) return ids;
  throw new FormatError(
    "bad-tokens",
    `token ids must be below the model's ${vocabulary}, got ${wrong} in document ${id}; give those of this model`,
    { file: texts.name },
  );
}

const refused = (message: string): RangeError => new RangeError(`harvest: ${message}`);
