import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Activation, crosscoder, type SdlSpec, sae, transcoder, validateSpec } from "../src/index.js";

const valid: SdlSpec = sae({ nP: 4, nQ: 6, activation: { kind: "topk", k: 3 } });
const jumprelu: Activation = { kind: "jumprelu", theta: 0.1, bandwidth: 0.2 };
const multiK = (ks: number[], weights?: number[]) => ({
  terms: { matryoshka: { kind: "multiK", ks, ...(weights ? { weights } : {}) } },
});
const prefix = (widths: number[], weights?: number[]) => ({
  terms: { matryoshka: { kind: "prefix", widths, ...(weights ? { weights } : {}) } },
});
const biases = { encoder: false, decoder: false, subtractDecoderBias: false };

describe("validateSpec refuses what cannot work", () => {
  it.each<[what: string, change: object, message: string]>([
    ["an unknown key", { learningRate: 1 }, 'SdlSpec: the spec: Unrecognized key: "learningRate", got {'],
    ["an unknown term", { terms: { l2: 1 } }, 'SdlSpec: terms: Unrecognized key: "l2", got {"l2":1}; correct this key'],
    [
      "an unknown variant",
      { variant: "vae" },
      'SdlSpec: variant: Invalid option: expected one of "sae"|"transcoder"|"crosscoder"|"crosslayer", got "vae"',
    ],
    ["an unknown activation", { activation: { kind: "softmax" } }, "SdlSpec: activation.kind: Invalid"],
    [
      "a fractional width",
      { nP: 4.5 },
      "SdlSpec: nP: Invalid input: expected int, received number, got 4.5; correct this key",
    ],
    ["no latents", { nQ: 0 }, "SdlSpec: nQ: Too small: expected number to be >=1, got 0; correct this key"],
    ["a width as text", { nQ: "6" }, 'SdlSpec: nQ: Invalid input: expected number, received string, got "6"'],
    [
      "a fractional k of topk",
      { activation: { kind: "topk", k: 2.5 } },
      "SdlSpec: activation.k: Invalid input: expected int",
    ],
    [
      "a negative threshold",
      { activation: { ...jumprelu, theta: -1 } },
      "SdlSpec: activation.theta: Too small: expected number to be >=0, got -1",
    ],
    [
      "a window without width",
      { activation: { ...jumprelu, bandwidth: 0 } },
      "SdlSpec: activation.bandwidth: Too small: expected number to be >0, got 0",
    ],
    [
      "a threshold rate above 1",
      { activation: { kind: "batchtopk", k: 2, thresholdRate: 1.5 } },
      "SdlSpec: activation.thresholdRate: Too big: expected number to be <=1, got 1.5",
    ],
    [
      "a negative coefficient",
      { terms: { l1: { coefficient: -0.1 } } },
      "SdlSpec: terms.l1.coefficient: Too small: expected number to be >=0, got -0.1",
    ],
    [
      "a coefficient that is not finite",
      { terms: { weightDecay: Number.POSITIVE_INFINITY } },
      "SdlSpec: terms.weightDecay: Invalid input",
    ],
    [
      "a target width of its own for an SAE",
      { nR: 5 },
      'SdlSpec: nR must equal nP for a sae, got {"nP":4,"nR":5}; use a transcoder for other targets',
    ],
    ["sources of an SAE", { sources: [2, 2] }, "SdlSpec: sources belong to a crosscoder, which needs them, got"],
    [
      "a crosscoder without sources",
      { variant: "crosscoder" },
      "SdlSpec: sources belong to a crosscoder, which needs them, got",
    ],
    [
      "sources that do not sum to the width",
      { variant: "crosscoder", sources: [2, 3] },
      "SdlSpec: the sources must sum to nP = 4, got 5; give the width of each stacked source",
    ],
    [
      "layers of a transcoder",
      { variant: "transcoder", layers: [{ nP: 4, nR: 4, nQ: 6 }] },
      "SdlSpec: layers belong to a cross-layer transcoder, which needs them, got",
    ],
    ["a cross-layer transcoder without layers", { variant: "crosslayer" }, "SdlSpec: layers belong to a cross-layer"],
    [
      "layers that do not sum to the width of the targets",
      { variant: "crosslayer", layers: [{ nP: 4, nR: 3, nQ: 6 }] },
      "SdlSpec: the nR of the layers must sum to nR = 4, got 3; give every layer",
    ],
    [
      "a layer without latents",
      { variant: "crosslayer", layers: [{ nP: 4, nR: 4, nQ: 0 }] },
      "SdlSpec: layers.0.nQ: Too small: expected number to be >=1, got 0",
    ],
    [
      "nested widths over layers",
      { variant: "crosslayer", layers: [{ nP: 4, nR: 4, nQ: 6 }], ...prefix([2, 6]) },
      "SdlSpec: prefix Matryoshka nests the first latents, which are those of the first layers here, got",
    ],
    [
      "a skip over layers",
      { variant: "crosslayer", layers: [{ nP: 4, nR: 4, nQ: 6 }], skip: true },
      "SdlSpec: skip belongs to a transcoder of one layer",
    ],
    [
      "k above the latents (topk)",
      { activation: { kind: "topk", k: 7 } },
      "SdlSpec: k must be at most nQ = 6, got 7; lower k or add latents",
    ],
    [
      "k above the latents (batchtopk)",
      { activation: { kind: "batchtopk", k: 6.5 } },
      "SdlSpec: k must be at most nQ = 6, got 6.5; lower k or add latents",
    ],
    [
      "groups that do not divide the latents",
      { activation: { kind: "groupmax", k: 4 } },
      "SdlSpec: k must divide nQ = 6 for groupmax, got 4; use 3",
    ],
    [
      "subtracting an untrained bias",
      { biases: { ...biases, subtractDecoderBias: true } },
      "SdlSpec: subtractDecoderBias needs biases.decoder, got",
    ],
    [
      "subtracting b_dec in a transcoder",
      { variant: "transcoder", biases: { encoder: false, decoder: true, subtractDecoderBias: true } },
      'SdlSpec: subtractDecoderBias is for models whose target is their input, got "transcoder"; turn it off',
    ],
    ["a skip in an SAE", { skip: true }, 'SdlSpec: skip belongs to a transcoder of one layer, got "sae"; turn it off'],
    [
      "tied weights with two widths",
      { variant: "transcoder", nR: 5, tied: true },
      "SdlSpec: tied weights need nP = nR and one space, got",
    ],
    [
      "tied weights of a transcoder",
      { variant: "transcoder", tied: true },
      "SdlSpec: tied weights need nP = nR and one space, got",
    ],
    [
      "auxK with relu",
      { activation: { kind: "relu" }, terms: { auxK: {} } },
      'SdlSpec: auxK needs the topk, batchtopk or groupmax activation, got "relu"; drop auxK',
    ],
    [
      "l0 with topk",
      { terms: { l0: { coefficient: 1 } } },
      'SdlSpec: l0 needs the jumprelu activation, got "topk"; use l1 or jumprelu',
    ],
    [
      "a target loss without target",
      { activation: jumprelu, terms: { l0: { coefficient: 1, loss: "target" } } },
      "SdlSpec: target belongs to the l0 loss `target`, which needs it, got",
    ],
    [
      "a target for the step loss",
      { activation: jumprelu, terms: { l0: { coefficient: 1, target: 3 } } },
      "SdlSpec: target belongs to the l0 loss `target`, which needs it, got",
    ],
    [
      "sumOfSources without sources",
      { terms: { l1: { coefficient: 1, weighting: "sumOfSources" } } },
      'SdlSpec: the l1 weighting sumOfSources needs a crosscoder, got "sae"; use decoderNorm',
    ],
    [
      "sumOfSources with the tanh loss",
      {
        variant: "crosscoder",
        sources: [2, 2],
        activation: jumprelu,
        terms: { l1: { coefficient: 1, weighting: "sumOfSources" }, l0: { coefficient: 1, loss: "tanh" } },
      },
      "SdlSpec: the tanh l0 loss and the l1 weighting sumOfSources exclude each other, got",
    ],
    [
      "Matryoshka without widths",
      { terms: { matryoshka: { kind: "prefix" } } },
      "SdlSpec: terms.matryoshka.widths: Invalid input: expected array, received undefined",
    ],
    ["no widths at all", prefix([]), "SdlSpec: terms.matryoshka.widths: Too small"],
    [
      "unsorted widths",
      prefix([3, 2, 6]),
      "SdlSpec: matryoshka.widths must ascend, got [3,2,6]; sort them, without repetition",
    ],
    [
      "repeated widths",
      prefix([3, 3, 6]),
      "SdlSpec: matryoshka.widths must ascend, got [3,3,6]; sort them, without repetition",
    ],
    [
      "too wide widths",
      prefix([3, 7]),
      "SdlSpec: the last of matryoshka.widths must be nQ = 6, got [3,7]; end with nQ",
    ],
    [
      "widths that leave latents out",
      prefix([2, 5]),
      "SdlSpec: the last of matryoshka.widths must be nQ = 6, got [2,5]; end with nQ",
    ],
    [
      "multiK with relu",
      { ...multiK([1, 3]), activation: { kind: "relu" } },
      'SdlSpec: multiK needs the topk or batchtopk activation, got "relu"; use prefix',
    ],
    [
      "unsorted ks",
      multiK([2, 1, 3]),
      "SdlSpec: matryoshka.ks must ascend, got [2,1,3]; sort them, without repetition",
    ],
    [
      "ks that do not end with k",
      multiK([1, 2]),
      "SdlSpec: the last of matryoshka.ks must be the activation's k = 3, got [1,2]; make them equal",
    ],
    [
      "fractional ks of topk",
      multiK([1.5, 3]),
      "SdlSpec: matryoshka.ks must be integers for topk, got [1.5,3]; round them",
    ],
    [
      "too few level weights",
      multiK([1, 2, 3], [1, 1]),
      "SdlSpec: matryoshka.weights must hold one weight per level, 3, got 2; leave them out for 1/m each",
    ],
    [
      "too many level weights",
      prefix([2, 6], [1, 1, 1]),
      "SdlSpec: matryoshka.weights must hold one weight per level, 2, got 3; leave them out for 1/m each",
    ],
  ])("%s", (_, change, message) => {
    const error = caught(() => validateSpec({ ...valid, ...change }));
    expect(error).toBeInstanceOf(RangeError);
    expect((error as RangeError).message.startsWith(message), `${error}`).toBe(true);
  });

  it.each([[undefined], [null], ["sae"], [[]], [3]])("%j, which is no spec at all", (value) => {
    expect(() => validateSpec(value)).toThrow(/^SdlSpec: the spec: Invalid input: expected object/);
  });

  it("builders refuse unknown options by name", () => {
    const options = { nP: 4, nQ: 6, activation: { kind: "relu" }, l1: 1 } as const;
    expect(() => sae(options)).toThrow('SdlSpec: the spec: Unrecognized key: "l1"');
  });
});

describe("validateSpec accepts", () => {
  it("fractional ks of batchtopk and weights of any sum", () => {
    const spec = { ...valid, activation: { kind: "batchtopk", k: 2.5 }, ...multiK([0.5, 2.5], [1, 2]) };
    expect(validateSpec(spec)).toEqual(spec);
  });

  const positive = fc.double({ min: 0.001, max: 10, noNaN: true });
  const options = fc.integer({ min: 2, max: 40 }).chain((nQ) =>
    fc.record({
      nQ: fc.constant(nQ),
      activation: fc.oneof(
        fc.constant({ kind: "relu" } as const),
        fc.constant({ kind: "gated" } as const),
        fc.record({ kind: fc.constant("jumprelu" as const), theta: positive, bandwidth: positive }),
        fc.record({ kind: fc.constant("topk" as const), k: fc.integer({ min: 1, max: nQ }), signed: fc.boolean() }),
        fc.record({ kind: fc.constant("batchtopk" as const), k: fc.double({ min: 0.1, max: nQ, noNaN: true }) }),
      ),
      biases: fc.boolean(),
      unitNormDecoder: fc.boolean(),
      reduction: fc.constantFrom("sum" as const, "mean" as const),
      terms: fc.record(
        {
          l1: fc.record({ coefficient: positive, weighting: fc.constantFrom("none" as const, "decoderNorm" as const) }),
          matryoshka: fc.record({ kind: fc.constant("prefix" as const), widths: fc.constant([1, nQ]) }),
          weightDecay: positive,
        },
        { requiredKeys: [] },
      ),
    }),
  );
  const builder = fc.oneof(
    fc.record({ nP: fc.integer({ min: 1, max: 9 }), tied: fc.boolean() }).map((own) => [sae, own] as const),
    fc
      .record({ nP: fc.integer({ min: 1, max: 9 }), nR: fc.integer({ min: 1, max: 9 }), skip: fc.boolean() })
      .map((own) => [transcoder, own] as const),
    fc
      .record({ sources: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }), tied: fc.boolean() })
      .map((own) => [crosscoder, own] as const),
  );

  it("what the builders make of any valid options, also after a JSON round trip (property)", () => {
    fc.assert(
      fc.property(builder, options, ([build, own], shared) => {
        const spec = (build as (all: object) => SdlSpec)({ ...own, ...shared });
        expect(validateSpec(spec)).toEqual(spec);
        expect(validateSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
      }),
    );
  });
});

describe("the builders' defaults", () => {
  it("no biases, sum reduction, no terms; `true` trains both biases and subtracts b_dec but in transcoders", () => {
    const shared = { nQ: 6, activation: { kind: "relu" } } as const;
    expect(sae({ nP: 4, ...shared })).toEqual({
      variant: "sae",
      nP: 4,
      nR: 4,
      tied: false,
      skip: false,
      biases,
      unitNormDecoder: false,
      reduction: "sum",
      terms: {},
      ...shared,
    });
    const both = { encoder: true, decoder: true };
    expect(sae({ nP: 4, biases: true, ...shared }).biases).toEqual({ ...both, subtractDecoderBias: true });
    expect(crosscoder({ sources: [1, 3], biases: true, ...shared }).biases).toEqual({
      ...both,
      subtractDecoderBias: true,
    });
    expect(transcoder({ nP: 4, nR: 4, biases: true, ...shared }).biases).toEqual({
      ...both,
      subtractDecoderBias: false,
    });
  });
});

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
