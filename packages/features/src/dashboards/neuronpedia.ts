import type { ExampleView } from "../exampleView.js";
import type { Example, FeatureRecord, LensToken } from "../featureRecord.js";

/** A feature as Neuronpedia's graph viewer reads it from `<index>.json` of a static folder (`feature_json_base_url`). */
export interface NeuronpediaFeature {
  /** Latent. */
  readonly index: number;
  /** Groups of examples; the first has the strongest, by which the viewer scales its colours. */
  readonly examples_quantiles: readonly NeuronpediaQuantile[];
  /** Tokens that its decoder row promotes, most first. */
  readonly top_logits?: readonly string[];
  /** Tokens that it suppresses, most first. */
  readonly bottom_logits?: readonly string[];
}

/** Examples under one heading. */
export interface NeuronpediaQuantile {
  /** Heading. */
  readonly quantile_name: string;
  /** Examples, strongest first. */
  readonly examples: readonly NeuronpediaExample[];
}

/** Tokens in their context. */
export interface NeuronpediaExample {
  /** Texts of the tokens. */
  readonly tokens: readonly string[];
  /** The feature's value at each. */
  readonly tokens_acts_list: readonly number[];
  /** Index of the token that was looked at. */
  readonly train_token_ind: number;
  /** Whether the context came before; never, since contexts are deduplicated. */
  readonly is_repeated_datapoint: boolean;
}

/**
 * A feature in Neuronpedia's layout. An example that is no token in a context is one token there: its text or label, else its row. The
 * keys are those of `AnthropicFeatureDetail` in Neuronpedia's graph viewer.
 */
export function toNeuronpedia({ latent, examples, quantiles, lens }: FeatureRecord): NeuronpediaFeature {
  const group = (quantile_name: string, own: readonly Example[]): NeuronpediaQuantile => ({
    quantile_name,
    examples: own.map(exampleOf),
  });
  const texts = (tokens: readonly LensToken[]): readonly string[] => tokens.map(({ token, text = `${token}` }) => text);
  return {
    index: latent,
    examples_quantiles: [
      group("Top activations", examples),
      ...quantiles.map(({ from, to, examples: own }) => group(`Quantiles ${from} to ${to}`, own)),
    ],
    ...(lens ? { top_logits: texts(lens.promoted), bottom_logits: texts(lens.suppressed) } : {}),
  };
}

function exampleOf(example: Example): NeuronpediaExample {
  const { tokens, values, at } = tokensOf(example);
  return { tokens, tokens_acts_list: values, train_token_ind: at, is_repeated_datapoint: false };
}

/** The tokens of an example with its values; one that is no token in a context is one token. */
export function tokensOf({ view, row, value }: Example): {
  readonly tokens: readonly string[];
  readonly values: readonly number[];
  readonly at: number;
} {
  return view?.kind === "tokens" ? view : { tokens: [view ? textOf(view, row) : `row ${row}`], values: [value], at: 0 };
}

function textOf(view: Exclude<ExampleView, { kind: "tokens" }>, row: number): string {
  return view.kind === "vector" ? (view.label ?? `row ${row}`) : view.text;
}
