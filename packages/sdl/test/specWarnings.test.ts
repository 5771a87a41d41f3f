import { describe, expect, it } from "vitest";
import { crosscoder, sae, specWarnings, type VariantOptions } from "../src/index.js";

const spec = (options: Partial<VariantOptions> & { readonly tied?: boolean }) =>
  sae({ nP: 4, nQ: 6, activation: { kind: "relu" }, ...options });
const l1 = { coefficient: 0.1 };

describe("specWarnings", () => {
  it("says that plain L1 without a norm constraint is vacuous", () => {
    expect(specWarnings(spec({ terms: { l1 } }))).toEqual([
      expect.stringMatching(/^plain L1 without a norm constraint is vacuous/),
    ]);
  });

  it.each([
    ["a unit-norm decoder", spec({ terms: { l1 }, unitNormDecoder: true })],
    ["a decoder-norm weighting", spec({ terms: { l1: { ...l1, weighting: "decoderNorm" } } })],
    ["weight decay", spec({ terms: { l1, weightDecay: 0.01 } })],
    ["tied weights", spec({ terms: { l1 }, tied: true })],
    ["no L1", spec({})],
  ])("is silent with %s", (_, value) => expect(specWarnings(value)).toEqual([]));

  it("says that a gated model whose decoder norms are free under its penalty diverges", () => {
    const activation = { kind: "gated" } as const;
    const weighted = { l1: { ...l1, weighting: "decoderNorm" } } as const;
    expect(specWarnings(spec({ activation, terms: weighted }))).toEqual([
      expect.stringMatching(/^a gated model .* use unitNormDecoder$/),
    ]);
    const sources = crosscoder({
      sources: [2, 2],
      nQ: 6,
      activation,
      terms: { l1: { ...l1, weighting: "sumOfSources" } },
    });
    expect(specWarnings(sources)).toHaveLength(1);
    expect(specWarnings(spec({ activation, terms: weighted, unitNormDecoder: true }))).toEqual([]);
    expect(specWarnings(spec({ activation }))).toEqual([]);
  });

  it("prints effective coefficients where `mean` meets decay or further terms, and only there", () => {
    const decayed = spec({ terms: { weightDecay: 0.5 }, reduction: "mean" });
    const term = {
      name: "anchoring",
      options: {},
      open: () => {
        throw new Error("not opened");
      },
    };
    expect(specWarnings(decayed, { terms: [term] })).toEqual([
      "with the reduction mean, weight decay 0.5 and anchoring weigh nR = 4 times as much against the reconstruction as with sum: effective coefficient times 4",
    ]);
    expect(specWarnings(spec({ reduction: "mean" }))).toEqual([]);
    expect(specWarnings({ ...decayed, reduction: "sum" }, { terms: [term] })).toEqual([]);
  });
});
