import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "../../../..");
const data = join(process.env.MONOSEMA_SHARED ? resolve(process.env.MONOSEMA_SHARED) : join(root, "../shared"), "data");

/** Whether the model, its tokenizer and the stories are at hand. */
export const available: boolean = existsSync(join(data, "lm/stories260K.bin"));

/** What one token gave; see docs/examples/storiesLm.mjs. */
export interface Observed {
  /** Scores of the next token. */
  readonly logits: Float32Array;
  /** By layer: the residual stream after it. */
  readonly residual: readonly Float32Array[];
  /** By layer: what the MLP reads. */
  readonly mlpInput: readonly Float32Array[];
  /** By layer: what the MLP adds. */
  readonly mlpOutput: readonly Float32Array[];
}

/** The example's language model. */
export interface LanguageModel {
  /** Width D. */
  readonly width: number;
  /** Layers. */
  readonly layers: number;
  /** Longest sequence. */
  readonly context: number;
  /** Begins a sequence. */
  readonly start: () => (token: number) => Observed;
}

/** The example's tokenizer. */
export interface Tokenizer {
  /** Tokens of a text. */
  readonly encode: (text: string) => number[];
  /** Text of tokens. */
  readonly decode: (tokens: Iterable<number>) => string;
}

/** Opens model, tokenizer, stories and the documented greedy text with the code of docs/examples. */
export async function openStories(): Promise<{
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly stories: readonly string[];
  readonly document: string;
}> {
  const example = (name: string): Promise<Record<string, (file: Uint8Array) => unknown>> =>
    import(join(root, "docs/examples", name));
  const { storiesLm } = await example("storiesLm.mjs");
  const { bpeTokenizer } = await example("bpeTokenizer.mjs");
  const read = (name: string): Uint8Array => readFileSync(join(data, name));
  return {
    model: storiesLm?.(read("lm/stories260K.bin")) as LanguageModel,
    tokenizer: bpeTokenizer?.(read("lm/tok512.bin")) as Tokenizer,
    stories: JSON.parse(readFileSync(join(data, "text/tinystories_1000.json"), "utf8")),
    document: readFileSync(join(data, "lm/stories260K.md"), "utf8"),
  };
}
