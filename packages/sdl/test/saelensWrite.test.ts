import { readSafetensors } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Activation,
  crosscoder,
  crosslayer,
  fromSaelens,
  type Model,
  type SdlSpec,
  sae,
  toSaelens,
  transcoder,
  transcodes,
} from "../src/index.js";
import { activations, exampleModel, specs } from "./checkpointExamples.js";

const config = (model: Model) => JSON.parse(toSaelens(model).config);

describe("round trip", () => {
  it.each([...specs])("%s: the same specification and the same bytes", (_, spec) => {
    expectRoundTrip(
      exampleModel(spec, { inputScaling: "layerNorm", metadata: { hook_name: "blocks.1.hook", tags: [1, null] } }),
    );
  });

  it("holds for any specification (property)", () => {
    fc.assert(
      fc.property(
        anySpec,
        fc.constantFrom("none", "constantNorm", "layerNorm"),
        fc.nat(),
        (spec, inputScaling, seed) => {
          expectRoundTrip(exampleModel(spec, { inputScaling }, seed));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("keeps NaN, infinities and -0 bit for bit", () => {
    const model = exampleModel(specs.get("relu sae, biases") as SdlSpec);
    model.weights.encoder.set([Number.NaN, -0, Number.POSITIVE_INFINITY, 1e-45]);
    expectRoundTrip(model);
  });

  it("does not need cfg.json's copy of the specification, and warns where it is another one", () => {
    const { weights, config } = toSaelens(exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "topk", k: 4 } })));
    const other = JSON.parse(config);
    other.metadata.monosema.spec.activation.k = 9;
    const { model, warnings } = fromSaelens({ weights, config: JSON.stringify(other) });
    expect(model.spec.activation).toEqual({ kind: "topk", k: 4 });
    expect(warnings).toEqual([expect.stringContaining("cfg.json contradicts the specification")]);
  });

  it("warns where the keys that SAELens reads say something else", () => {
    const { weights, config } = toSaelens(exampleModel(specs.get("relu sae") as SdlSpec));
    const edited = JSON.stringify({ ...JSON.parse(config), normalize_activations: "layer_norm" });
    const { model, warnings } = fromSaelens({ weights, config: edited });
    expect(model.inputScaling).toBe("none");
    expect(warnings).toEqual([expect.stringContaining("cfg.json contradicts the specification")]);
  });

  it("of reshape_activations and of imported metadata", () => {
    const metadata = { reshape_activations: "hook_z", hook_name: "blocks.3.attn.hook_z" };
    const model = exampleModel(specs.get("relu sae") as SdlSpec, { metadata });
    expect(config(model)).toMatchObject({ reshape_activations: "hook_z" });
    expect(config(model).metadata).not.toHaveProperty("reshape_activations");
    expectRoundTrip(model);
  });
});

/** What SAELens 6.54 insists on: architecture, tensors with shapes, and the fields of its configuration classes. */
describe("layout for SAELens", () => {
  const sparse = { W_enc: [6, 13], W_dec: [13, 6], b_dec: [6], b_enc: [13] };
  const target = { ...sparse, W_dec: [13, 5], b_dec: [5] };
  const square = { ...sparse, W_skip: [6, 6] };
  const stack = { W_enc: [7, 13], W_dec: [13, 7], b_dec: [7], b_enc: [13] };
  const layers = { ...stack, W_dec: [13, 5], b_dec: [5] };
  const threshold = { threshold: [13] };
  const { b_enc: _, ...gated } = { ...sparse, b_gate: [13], b_mag: [13], r_mag: [13] };
  const topk = { k: 4, rescale_acts_by_decoder_norm: false };

  it.each([
    ["relu sae", "standard", sparse, {}],
    ["topk sae", "topk", sparse, topk],
    ["jumprelu sae", "jumprelu", { ...sparse, ...threshold }, {}],
    ["batchtopk sae", "jumprelu", { ...sparse, ...threshold }, {}],
    ["gated sae", "gated", gated, {}],
    ["relu tied sae", "standard", sparse, {}],
    ["relu crosscoder", "standard", stack, {}],
    ["topk crosscoder", "topk", stack, topk],
    ["batchtopk crosscoder", "jumprelu", { ...stack, ...threshold }, {}],
    ["relu transcoder", "transcoder", target, { d_out: 5 }],
    ["relu skip transcoder", "skip_transcoder", square, { d_out: 6 }],
    ["jumprelu transcoder", "jumprelu_transcoder", { ...target, ...threshold }, { d_out: 5 }],
    ["jumprelu skip transcoder", "jumprelu_skip_transcoder", { ...square, ...threshold }, { d_out: 6 }],
    ["batchtopk transcoder", "jumprelu_transcoder", { ...target, ...threshold }, { d_out: 5 }],
    ["batchtopk skip transcoder", "jumprelu_skip_transcoder", { ...square, ...threshold }, { d_out: 6 }],
    ["topk transcoder", "monosema", target, { d_out: 5 }],
    ["gated skip transcoder", "monosema", { ...gated, W_skip: [6, 6] }, { d_out: 6 }],
    ["signed topk sae", "monosema", sparse, {}],
    ["relu crosslayer", "monosema", layers, { d_out: 5 }],
    ["batchtopk crosslayer", "monosema", { ...layers, ...threshold }, { d_out: 5 }],
  ])("%s is written as %s", (name, architecture, shapes, fields) => {
    for (const suffix of ["", ", biases"]) {
      const spec = specs.get(name + suffix) as SdlSpec;
      const files = toSaelens(exampleModel(spec));
      expect(JSON.parse(files.config)).toEqual({
        architecture,
        d_in: spec.nP,
        d_sae: spec.nQ,
        ...fields,
        dtype: "float32",
        device: "cpu",
        apply_b_dec_to_input: suffix !== "" && !transcodes(spec),
        normalize_activations: "none",
        reshape_activations: "none",
        metadata: {
          sae_lens_version: "6.37.6",
          monosema: {
            version: 1,
            spec: JSON.parse(JSON.stringify(spec)),
            inputScaling: "none",
            ...(spec.activation.kind === "batchtopk" ? { threshold: 0.7 } : {}),
          },
        },
      });
      const { tensors } = readSafetensors(files.weights);
      expect(Object.fromEntries([...tensors].map(([tensor, { shape }]) => [tensor, shape]))).toEqual(shapes);
      expect(new Set([...tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(["F32"]));
      expect(files.warnings).toHaveLength(architecture === "monosema" ? 1 : 0);
    }
  });

  it("W_enc is the transpose of the encoder, absent biases are zeros", () => {
    const model = exampleModel(specs.get("relu sae") as SdlSpec);
    const { tensors } = readSafetensors(toSaelens(model).weights);
    const wEnc = tensors.get("W_enc")?.data as Float32Array;
    expect(wEnc[2 * 13 + 7]).toBe(model.weights.encoder[7 * 6 + 2]);
    expect(tensors.get("b_enc")?.data).toEqual(new Float32Array(13));
  });

  it.each([
    ["none", "none"],
    ["constantNorm", "constant_norm_rescale"],
    ["layerNorm", "layer_norm"],
  ] as const)("input scaling %s is %s", (inputScaling, name) => {
    expect(config(exampleModel(specs.get("relu sae") as SdlSpec, { inputScaling })).normalize_activations).toBe(name);
  });

  it("Matryoshka is its base activation, multi-k with the largest k", () => {
    const terms = { matryoshka: { kind: "multiK", ks: [2, 4] } } as const;
    const model = exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "topk", k: 4 }, terms }));
    expect(config(model)).toMatchObject({ architecture: "topk", k: 4 });
    expectRoundTrip(model);
  });

  it("a batchtopk threshold stands in every entry, and without one nothing is written", () => {
    const { threshold: _, ...model } = exampleModel(specs.get("batchtopk sae") as SdlSpec);
    const { tensors } = readSafetensors(toSaelens({ ...model, threshold: 0.7 }).weights);
    expect(tensors.get("threshold")?.data).toEqual(new Float32Array(13).fill(0.7));
    expect(() => toSaelens(model)).toThrow("toSaelens: batchtopk needs its running threshold");
    expect(() => toSaelens({ ...model, threshold: 0 })).toThrow("a positive number, got 0");
  });
});

describe("files that are not those of the record", () => {
  const files = toSaelens(exampleModel(specs.get("batchtopk sae") as SdlSpec));
  const withoutOwn = (model: Model, change: (record: Record<string, unknown>) => void) => {
    const { weights, config } = toSaelens(model);
    const length = Number(new DataView(weights.buffer).getBigUint64(0, true));
    const header = new TextDecoder().decode(weights.subarray(8, 8 + length));
    const bare = new TextEncoder().encode(
      header.replace(/"__metadata__":\{"monosema":"(?:\\.|[^"\\])*"\},/, "").padEnd(length),
    );
    const parsed = JSON.parse(config);
    change(parsed.metadata.monosema);
    const changed = weights.slice();
    changed.set(bare, 8);
    return { weights: changed, config: JSON.stringify(parsed) };
  };

  it("are read by cfg.json alone where a foreign tool dropped the record beside the weights", () => {
    const model = exampleModel(specs.get("batchtopk sae") as SdlSpec);
    expect(fromSaelens(withoutOwn(model, () => {})).model).toEqual(model);
  });

  it.each([
    ["metadata-mismatch", "a threshold of another save", { threshold: 0.9 }],
    ["unsupported-version", "a record of a later version", { version: 2 }],
    ["bad-record", "a specification that cannot be", { spec: { variant: "sae" } }],
    ["bad-record", "an input scaling that is unknown", { inputScaling: "whitened" }],
  ])("are refused as %s: %s", (code, _, change) => {
    const model = exampleModel(specs.get("batchtopk sae") as SdlSpec);
    const changed = withoutOwn(model, (record) => Object.assign(record, change));
    expect(() => fromSaelens(changed)).toThrow(expect.objectContaining({ code }));
  });

  it("are refused where a bias stands that the record does not know", () => {
    const model = exampleModel(specs.get("relu sae, biases") as SdlSpec);
    const spec = { ...model.spec, biases: { encoder: false, decoder: false, subtractDecoderBias: false } };
    expect(() => fromSaelens(withoutOwn(model, (record) => Object.assign(record, { spec })))).toThrow(
      expect.objectContaining({ code: "metadata-mismatch" }),
    );
  });

  it("are refused where a latent reads another layer than the record says", () => {
    const model = exampleModel(specs.get("relu crosslayer") as SdlSpec);
    const layers = [...(model.spec.layers ?? [])].reverse();
    expect(() =>
      fromSaelens(withoutOwn(model, (record) => Object.assign(record, { spec: { ...model.spec, layers } }))),
    ).toThrow(/W_enc must be zero outside the layers that the metadata name/);
  });

  it("are a plain JumpReLU without the record", () => {
    const { metadata: _, ...parsed } = JSON.parse(files.config);
    const { weights } = withoutOwn(exampleModel(specs.get("batchtopk sae") as SdlSpec), () => {});
    const config = JSON.stringify({ ...parsed, sae_lens_version: "6.37.6" });
    const { model, origin } = fromSaelens({ weights, config });
    expect(origin.monosema).toBe(false);
    expect(model.spec.activation.kind).toBe("jumprelu");
    expect(model.weights.theta).toEqual(new Float32Array(13).fill(0.7));
  });
});

function expectRoundTrip(model: Model): void {
  const { model: back, origin, ignored, warnings } = fromSaelens(toSaelens(model));
  expect(back.spec).toEqual(model.spec);
  expect(Object.keys(back.weights).sort()).toEqual(Object.keys(model.weights).sort());
  for (const [name, values] of Object.entries(model.weights)) {
    expect(Buffer.from(values.buffer).equals(bytes(back.weights[name as keyof Model["weights"]])), name).toBe(true);
  }
  expect(back).toEqual(model);
  expect(origin.monosema).toBe(true);
  expect(ignored).toEqual([]);
  expect(warnings.filter((warning) => !warning.includes("not finite") && !warning.includes("heads"))).toEqual([]);
}

const bytes = (values: Float32Array | undefined): Buffer =>
  values ? Buffer.from(values.buffer, values.byteOffset, values.byteLength) : Buffer.of();

const anyActivation: fc.Arbitrary<Activation> = fc.oneof(
  fc.constantFrom(...Object.values(activations)),
  fc.record({ kind: fc.constant("batchtopk" as const), k: fc.double({ min: 0.01, max: 4, noNaN: true }) }),
  fc.record({
    kind: fc.constant("jumprelu" as const),
    theta: fc.double({ min: 0, max: 2, noNaN: true }).map((v) => v + 0),
    bandwidth: fc.double({ min: 1e-9, max: 2, noNaN: true }),
  }),
);

const anySpec: fc.Arbitrary<SdlSpec> = fc
  .record({
    activation: anyActivation,
    nP: fc.integer({ min: 1, max: 40 }),
    nR: fc.integer({ min: 1, max: 9 }),
    nQ: fc.integer({ min: 4, max: 70 }),
    biases: fc.boolean(),
    flag: fc.boolean(),
    unitNormDecoder: fc.boolean(),
    reduction: fc.constantFrom("sum" as const, "mean" as const),
    l1: fc.double({ min: 1e-300, max: 10, noNaN: true }),
    variant: fc.constantFrom("sae", "transcoder", "crosscoder", "crosslayer"),
  })
  .map(({ variant, nP, nR, nQ, flag, l1, ...rest }) => {
    const { activation } = rest;
    const common = {
      ...rest,
      nQ: activation.kind === "groupmax" ? nQ - (nQ % activation.k) : nQ,
      terms: { l1: { coefficient: l1, weighting: "decoderNorm" as const }, weightDecay: l1 / 3 },
    };
    if (variant === "sae") return sae({ nP, tied: flag, ...common });
    const latents = [1, common.nQ - 1];
    if (variant === "crosslayer") return crosslayer({ sources: [nP, 2], targets: [nR, 3], latents, ...common });
    return variant === "transcoder"
      ? transcoder({ nP, nR, skip: flag, ...common })
      : crosscoder({ sources: [nP, nR], tied: flag, ...common });
  });
