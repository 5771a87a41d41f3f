import type { FeatureDocument } from "../featureDocument.js";
import type { Example, FeatureRecord, LensToken } from "../featureRecord.js";
import { tokensOf } from "./neuronpedia.js";

/** A batch of features as SAEDashboard writes it for Neuronpedia's import (`batch-0.json` and on). */
export interface SaeDashboardBatch {
  /** Name of the model. */
  readonly model_id: string;
  /** Layer of the hook. */
  readonly layer: number;
  /** Name of the set of dictionaries. */
  readonly sae_set: string;
  /** Features. */
  readonly features: readonly SaeDashboardFeature[];
}

/** A feature of SAEDashboard. What we do not know, such as correlations with neurons, is left out: its reader has a default for each. */
export interface SaeDashboardFeature {
  /** Latent. */
  readonly feature_index: number;
  /** Suppressed tokens. */
  readonly neg_str: readonly string[];
  /** Their logits. */
  readonly neg_values: readonly number[];
  /** Promoted tokens. */
  readonly pos_str: readonly string[];
  /** Their logits. */
  readonly pos_values: readonly number[];
  /** Share of the rows in which it fires. */
  readonly frac_nonzero: number;
  /** Middles of the bins of its values. */
  readonly freq_hist_data_bar_values: readonly number[];
  /** Values in each bin; as many as middles. */
  readonly freq_hist_data_bar_heights: readonly number[];
  /** Examples. */
  readonly activations: readonly SaeDashboardActivation[];
}

/** An example of SAEDashboard. */
export interface SaeDashboardActivation {
  /** Lower end of its range of values; -1 for the strongest examples. */
  readonly bin_min: number;
  /** Upper end of its range of values. */
  readonly bin_max: number;
  /** Share of the feature's firings in the range; -1 for the strongest examples. */
  readonly bin_contains: number;
  /** Texts of the tokens. */
  readonly tokens: readonly string[];
  /** The feature's value at each. */
  readonly values: readonly number[];
}

/** Options of {@link toSaeDashboard}. */
export interface SaeDashboardOptions {
  /** Name of the model. Default the document's fact `model`, else its title. */
  readonly modelId?: string;
  /** Layer of the hook. Default 0. */
  readonly layer?: number;
  /** Name of the set. Default the document's title. */
  readonly saeSet?: string;
  /** Features of a batch. Default 128. */
  readonly batch?: number;
}

/**
 * The features of a document that fire, in batches of SAEDashboard's layout: the keys are those that `NeuronpediaDashboardFeature` of
 * SAEDashboard takes, and no others, since it refuses others. An example that is no token in a context is one token there.
 *
 * @throws RangeError for a batch below 1
 */
export function toSaeDashboard(
  document: FeatureDocument,
  { modelId, layer = 0, saeSet = document.title, batch = 128 }: SaeDashboardOptions = {},
): readonly SaeDashboardBatch[] {
  if (!Number.isSafeInteger(batch) || batch < 1) {
    throw new RangeError(
      `toSaeDashboard: batch must be a whole number of at least 1, got ${batch}; the default is 128`,
    );
  }
  const model = modelId ?? document.facts.find(([name]) => name === "model")?.[1] ?? document.title;
  const alive = document.features.filter(({ count }) => count > 0);
  return Array.from({ length: Math.ceil(alive.length / batch) }, (_, i) => ({
    ...{ model_id: model, layer, sae_set: saeSet },
    features: alive.slice(i * batch, (i + 1) * batch).map(featureOf),
  }));
}

function featureOf({ latent, rate, max, histogram, examples, quantiles, lens }: FeatureRecord): SaeDashboardFeature {
  const { edges, counts } = histogram;
  const { promoted = [], suppressed = [] } = lens ?? {};
  const texts = (tokens: readonly LensToken[]): readonly string[] => tokens.map(({ token, text = `${token}` }) => text);
  const logits = (tokens: readonly LensToken[]): readonly number[] => tokens.map(({ logit }) => logit);
  return {
    feature_index: latent,
    ...{ neg_str: texts(suppressed), neg_values: logits(suppressed) },
    ...{ pos_str: texts(promoted), pos_values: logits(promoted) },
    frac_nonzero: rate,
    freq_hist_data_bar_values: counts.map((_, i) => ((edges[i] as number) + (edges[i + 1] as number)) / 2),
    freq_hist_data_bar_heights: counts,
    activations: [
      ...examples.map((example) => activation(example, -1, max, -1)),
      ...quantiles.flatMap(({ from, to, examples: own }) => {
        const values = own.map(({ value }) => value);
        return own.map((example) => activation(example, Math.min(...values), Math.max(...values), to - from));
      }),
    ],
  };
}

function activation(example: Example, bin_min: number, bin_max: number, bin_contains: number): SaeDashboardActivation {
  const { tokens, values } = tokensOf(example);
  return { bin_min, bin_max, bin_contains, tokens, values };
}
