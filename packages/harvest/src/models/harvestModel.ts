import type { OnnxModel } from "../onnx/onnxModel.js";
import type { RuntimeTensor } from "../runtime/runtime.js";

/** A place in a model that activations can be taken from. */
export interface Hook {
  /** TransformerLens name, such as `blocks.3.hook_resid_post`; for an ONNX file the name of a tensor. */
  readonly name: string;
  /** Sizes of the axes, names where they vary; absent where the file does not tell. The last one is the width. */
  readonly shape?: readonly (number | string)[];
}

/** An opened model, of which nothing but the headers was read. */
export interface HarvestModel {
  /** Name, as its file states it; else that of the file. */
  readonly name: string;
  /** Licence, where its file states one. */
  readonly licence?: string;
  /** Kind of file, such as `gguf`. */
  readonly format: string;
  /** Kind of network, such as `llama`. */
  readonly architecture: string;
  /** All hooks, in the order of the computation. */
  readonly hooks: readonly Hook[];
  /** What it knows of tokens; absent for a model that takes none. */
  readonly tokens?: TokenFacts;
  /** Its input, where that is a batch of images: `[B, channels, height, width]` or `[B, height, width, channels]`, float32. */
  readonly image?: Hook;
  /**
   * The graph with these hooks as its outputs, `[B, T, width]` each, for windows of up to `length` tokens; not a layer more than they need.
   * Weights are read when the graph's are asked for.
   */
  graph(hooks: readonly string[], length: number): Promise<OnnxModel>;
  /**
   * The inputs of the graph for some windows, B of at most T tokens; shorter ones are padded behind.
   *
   * @param windows - token ids, start token included
   */
  inputs(windows: readonly Int32Array[]): Readonly<Record<string, RuntimeTensor>>;
  /** Closes its files. */
  close(): Promise<void>;
}

/** What a model knows of tokens. */
export interface TokenFacts {
  /** Number of token ids; absent where the file does not tell. */
  readonly vocabulary?: number;
  /** Longest window, start token included, where there is a limit. */
  readonly context?: number;
  /** Token that goes before every window, whose own activations are left out. */
  readonly start?: number;
  /** Token that goes behind every window, whose own activations are left out: of models that see ahead. */
  readonly end?: number;
  /** The content of a tokenizer.json, where the model's file has a tokenizer. */
  readonly tokenizer?: unknown;
  /** Why there is no tokenizer, where the file has one that cannot be used. */
  readonly tokenizerAbsent?: string;
}
