import {
  type Checkpoint,
  leftTensors,
  type Model,
  type ReadOptions,
  type SdlSpec,
  type TensorTaker,
  tensorTaker,
  validateSpec,
  weightWarnings,
} from "@monosema/sdl";
import { FormatError, type StoredTensor } from "@monosema/tensor";
import type { ConfigKeys, JsonRecord } from "./files/configKeys.js";

/** What a layout found in its files. */
export interface FoundDictionary {
  /** Name of the class or architecture in the program that wrote it. */
  readonly architecture: string;
  /** What it computes; loss terms are unknown. */
  readonly spec: Pick<SdlSpec, "nP" | "nR" | "nQ" | "activation"> &
    Partial<Pick<SdlSpec, "variant" | "skip" | "sources" | "layers">>;
  /** b_dec is subtracted from the input. */
  readonly subtractDecoderBias: boolean;
  /** Its arrays. */
  readonly weights: Model["weights"];
  /** Threshold of a batch rule. */
  readonly threshold?: number;
  /** What is done to each sample. Default `none`. */
  readonly inputScaling?: Model["inputScaling"];
  /** Where it comes from. */
  readonly metadata?: JsonRecord;
  /** Sentences about what may surprise. */
  readonly warnings?: readonly string[];
  /** Keys, tensors and files that play no part, beside those that nobody took. */
  readonly ignored?: readonly string[];
}

/** The files of a dictionary, opened. */
export interface DictionarySource {
  /** Name of the layout. */
  readonly layout: string;
  /** Path of the weights, for messages. */
  readonly file: string;
  /** The tensors that may belong to it. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Keys of its config, each with the name of its file. */
  readonly configs?: ReadonlyMap<string, ConfigKeys>;
}

/**
 * Reads a dictionary: what `take` finds, and what it leaves.
 *
 * @throws FormatError `unexpected-tensor`; `bad-config` where the parts make no dictionary
 */
export function readDictionary(
  { layout, file, tensors, configs = new Map() }: DictionarySource,
  { unexpectedTensors }: ReadOptions,
  take: (tensors: TensorTaker) => FoundDictionary,
): Checkpoint {
  const taker = tensorTaker(tensors, file);
  const found = take(taker);
  const { architecture, weights, threshold, inputScaling = "none" } = found;
  const { metadata = {}, warnings = [], ignored = [] } = found;
  const left = leftTensors(taker, unexpectedTensors, `the architecture ${architecture}`, file);
  const model: Model = {
    spec: specOf(found, file),
    weights,
    ...(threshold === undefined ? {} : { threshold }),
    inputScaling,
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
  return {
    model,
    origin: { layout, architecture, monosema: false },
    tensors: Array.from(tensors, ([name, { dtype, shape }]) => ({ name, dtype, shape })),
    warnings: [...warnings, ...weightWarnings(model, { tensors })],
    ignored: [
      ...Array.from(configs, ([name, keys]) => keys.left().map((key) => `${name}: ${key}`)).flat(),
      ...left.map((name) => `tensor ${name}`),
      ...ignored,
    ],
  };
}

function specOf({ spec, weights, subtractDecoderBias }: FoundDictionary, file: string): SdlSpec {
  try {
    return validateSpec({
      variant: "sae",
      skip: false,
      ...spec,
      biases: {
        encoder: weights.encoderBias !== undefined || weights.gateBias !== undefined,
        decoder: weights.decoderBias !== undefined,
        subtractDecoderBias,
      },
      tied: false,
      unitNormDecoder: false,
      reduction: "sum",
      terms: {},
    } satisfies SdlSpec);
  } catch (error) {
    if (error instanceof RangeError) throw new FormatError("bad-config", error.message, { file });
    throw error;
  }
}
