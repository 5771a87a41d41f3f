import { FormatError, nearestWords } from "@monosema/tensor";
import type { RuntimeTensor } from "../../runtime/runtime.js";
import type { HarvestModel, TokenFacts } from "../harvestModel.js";
import type { Network } from "./network.js";
import { paddedIds, paddingMask } from "./padding.js";

/** What a file tells about a model beside its network. */
export interface ModelFacts {
  /** Name of the model. */
  readonly name: string;
  /** Licence, where the file states one. */
  readonly licence?: string;
  /** Kind of file. */
  readonly format: string;
  /** Start token and tokenizer, where it has them. */
  readonly tokens?: Pick<TokenFacts, "start" | "end" | "tokenizer" | "tokenizerAbsent">;
  /** Closes its files. */
  close(): Promise<void>;
}

/** The model of a network whose graph is built here. */
export function networkModel(network: Network, facts: ModelFacts): HarvestModel {
  const { hooks } = network.build(1);
  const names = hooks.map(({ name }) => name);
  const start = facts.tokens?.start;
  if (start !== undefined && !(Number.isInteger(start) && start >= 0 && start < network.vocabulary)) {
    const message = `the start token must be within the ${network.vocabulary} of the vocabulary, got ${start}; mend the file`;
    throw new FormatError("bad-metadata", message, { file: facts.name });
  }
  return {
    name: facts.name,
    ...(facts.licence === undefined ? {} : { licence: facts.licence }),
    format: facts.format,
    architecture: network.architecture,
    hooks,
    tokens: { vocabulary: network.vocabulary, context: network.context, ...facts.tokens },
    graph: async (wanted, length) => {
      requireHooks(wanted, names);
      if (!(Number.isInteger(length) && length >= 1 && length <= network.context)) {
        throw new RangeError(
          `graph: length must be from 1 to ${network.context}, the longest window of ${facts.name}, got ${length}; use shorter windows`,
        );
      }
      return network.build(length).model(wanted);
    },
    inputs: (windows) => {
      const ids = paddedIds(windows, network);
      return { ids, ...(network.seesAhead ? { mask: floatMask(paddingMask(windows), ids.dims) } : {}) };
    },
    close: facts.close,
  };
}

/** RangeError unless each is a hook of the model, named once. */
export function requireHooks(wanted: readonly string[], names: readonly string[]): void {
  if (wanted.length === 0 || new Set(wanted).size < wanted.length) {
    throw new RangeError(
      `graph: hooks must be different names, at least one, got ${wanted.join(", ") || "none"}; name some`,
    );
  }
  const known = new Set(names);
  for (const hook of wanted) {
    if (known.has(hook)) continue;
    const nearest = nearestWords(hook, names).slice(0, 3);
    throw new RangeError(
      `graph: hooks must be among the model's ${names.length}, got ${hook}; the nearest are ${nearest.map(({ word }) => word).join(", ")}`,
    );
  }
}

const floatMask = (mask: readonly boolean[], dims: readonly number[]): RuntimeTensor => ({
  type: "float32",
  dims,
  data: Float32Array.from(mask, Number),
});
