import { describe, expect, it } from "vitest";
import { type FeatureRecord, toNeuronpedia, toSaeDashboard } from "../src/index.js";
import { generatedDocument } from "./support/generatedDocument.js";

const document = generatedDocument({ latents: 12 });
const [dead, , , vector, tokens, text] = document.features as FeatureRecord[];

const textOf = ({ examples: [first] }: FeatureRecord): string | undefined =>
  first?.view?.kind === "text" ? first.view.text : undefined;

/** A record of tokens by hand. */
const seem: FeatureRecord = {
  ...(tokens as FeatureRecord),
  ...{ latent: 613, rate: 0.25, max: 8, histogram: { edges: [0, 4, 8], counts: [3, 1] } },
  examples: [{ row: 7, value: 8, view: { kind: "tokens", tokens: ["They", " seem"], values: [0, 8], at: 1 } }],
  quantiles: [
    {
      from: 0,
      to: 0.5,
      examples: [
        { row: 9, value: 2, view: { kind: "tokens", tokens: [" appears"], values: [2], at: 0 } },
        { row: 8, value: 1 },
      ],
    },
  ],
  lens: {
    promoted: [{ token: 5, text: " to", logit: 2.5 }],
    suppressed: [{ token: 6, logit: -1 }],
  },
};

describe("toNeuronpedia", () => {
  it("gives the keys that the graph viewer reads", () => {
    expect(toNeuronpedia(seem)).toEqual({
      index: 613,
      examples_quantiles: [
        {
          quantile_name: "Top activations",
          examples: [
            {
              ...{ tokens: ["They", " seem"], tokens_acts_list: [0, 8] },
              ...{ train_token_ind: 1, is_repeated_datapoint: false },
            },
          ],
        },
        {
          quantile_name: "Quantiles 0 to 0.5",
          examples: [
            {
              ...{ tokens: [" appears"], tokens_acts_list: [2] },
              ...{ train_token_ind: 0, is_repeated_datapoint: false },
            },
            { tokens: ["row 8"], tokens_acts_list: [1], train_token_ind: 0, is_repeated_datapoint: false },
          ],
        },
      ],
      top_logits: [" to"],
      bottom_logits: ["6"],
    });
  });

  it("gives as many values as tokens for every kind of view", () => {
    for (const record of document.features) {
      for (const { examples } of toNeuronpedia(record).examples_quantiles) {
        for (const one of examples) {
          expect(one.tokens_acts_list).toHaveLength(one.tokens.length);
          expect(one.tokens_acts_list[one.train_token_ind]).not.toBe(0);
        }
      }
    }
    const first = (record = vector): string | undefined =>
      toNeuronpedia(record as FeatureRecord).examples_quantiles[0]?.examples[0]?.tokens[0];
    expect(first()).toMatch(/^row \d+$/);
    expect(first(text)).toBe(textOf(text as FeatureRecord));
    expect(toNeuronpedia(dead as FeatureRecord).examples_quantiles).toEqual([
      { quantile_name: "Top activations", examples: [] },
    ]);
  });
});

describe("toSaeDashboard", () => {
  it("gives the keys that SAEDashboard takes", () => {
    const [batch] = toSaeDashboard({ ...document, features: [seem] }, { layer: 14, saeSet: "res" });
    expect(batch).toEqual({
      ...{ model_id: "test-model", layer: 14, sae_set: "res" },
      features: [
        {
          ...{ feature_index: 613, frac_nonzero: 0.25 },
          ...{ pos_str: [" to"], pos_values: [2.5], neg_str: ["6"], neg_values: [-1] },
          freq_hist_data_bar_values: [2, 6],
          freq_hist_data_bar_heights: [3, 1],
          activations: [
            { bin_min: -1, bin_max: 8, bin_contains: -1, tokens: ["They", " seem"], values: [0, 8] },
            { bin_min: 1, bin_max: 2, bin_contains: 0.5, tokens: [" appears"], values: [2] },
            { bin_min: 1, bin_max: 2, bin_contains: 0.5, tokens: ["row 8"], values: [1] },
          ],
        },
      ],
    });
  });

  it("leaves dead latents out, and cuts batches", () => {
    const batches = toSaeDashboard(document, { batch: 4 });
    expect(batches.map(({ features }) => features.map(({ feature_index: index }) => index))).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11],
    ]);
    expect(() => toSaeDashboard(document, { batch: 0 })).toThrow(/batch must be a whole number of at least 1, got 0/);
  });
});
