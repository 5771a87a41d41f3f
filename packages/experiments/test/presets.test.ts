import { linearRepresentationBench } from "@monosema/bench";
import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { methodSpec } from "../src/bench/methodSpec.js";
import { seedData } from "../src/bench/seedData.js";
import { anchorKinds, checkSettings, configured, methods, presets, runBench } from "../src/index.js";

describe.each(Object.keys(presets))("preset %s", (name) => {
  it("holds for every method and kind of anchors", () => {
    expect(() => checkSettings(configured(name), methods, anchorKinds)).not.toThrow();
  });
});

describe("configured", () => {
  it("anchors a fifth of the features as the frequent ones, or as many as are asked for", () => {
    const count = (...settings: [string, string][]): number => configured("hard", settings).frequentAnchors;
    expect(count()).toBe(400);
    expect(count(["n", "1000"])).toBe(200);
    expect(count(["anchors", "50"], ["n", "1000"])).toBe(50);
  });

  it("has a share of zeros only where all features fire alike", () => {
    expect(configured("quick", [["sparsity", ".9"]]).sparsity).toBe(0.9);
    expect(() => configured("hard-small", [["sparsity", ".9"]])).toThrow(/key must be one of/);
    expect(() => configured("hard-small", [["data", "1"]])).toThrow(/key must be one of/);
  });

  it("keeps the shares of the prefixes when the latents change", () => {
    const widths = methodSpec("matryoshka", configured("hard", [["nQ", "64"]])).spec.terms.matryoshka;
    expect(widths).toEqual({ kind: "prefix", widths: [4, 16, 64] });
    expect(methodSpec("matryoshka", configured("hard")).spec.terms.matryoshka).toMatchObject({
      widths: [64, 256, 1024],
    });
  });
});

describe("the hard recipes", () => {
  it("train biases and AuxK, the transcoder without subtracting", () => {
    const specOf = (method: (typeof methods)[number]) => methodSpec(method, configured("hard-small")).spec;
    expect(specOf("topk")).toMatchObject({
      activation: { kind: "topk", k: 4 },
      biases: { encoder: true, decoder: true, subtractDecoderBias: true },
      terms: { auxK: {} },
    });
    expect(specOf("transcoder").biases.subtractDecoderBias).toBe(false);
    expect(specOf("relu").terms.auxK).toBeUndefined();
  });
});

describe("seedData", { timeout: 30_000 }, () => {
  const preset = configured("hard-small", [
    ["samples", "300"],
    ["heldOut", "20"],
  ]);

  it("gives the batches of the benchmark itself, made once", () => {
    const { n, nP, maxInterference, samples } = preset;
    const plain = linearRepresentationBench({
      n,
      nP,
      maxInterference,
      samples,
      seed: 4,
      view: "transcoder",
      ...preset.data,
    });
    const kept = seedData(preset, 4).view("transcoder").openBatches(64);
    for (const step of [1, 5, 3]) expect(kept.batch(step)).toEqual(plain.batchSource({ batchSize: 64 }).batch(step));
  });

  it("leaves data too large to be kept to whoever makes batches, and ends them after the training", async () => {
    const closed: number[] = [];
    const opened = await runBench(referenceBackend(), {
      preset: {
        ...configured(
          "hard-small",
          [
            ["nQ", "16"],
            ["heldOut", "100"],
          ],
          2,
        ),
        samples: 2 ** 27,
      },
      methods: ["topk"],
      anchors: ["none"],
      seeds: [0],
      opensBatches: (lrb, options) => ({
        ...lrb.batchSource(options),
        close: async () => {
          closed.push(options.batchSize);
        },
      }),
    });
    expect(opened.rows).toHaveLength(1);
    expect(closed).toEqual([1024]);
  });

  it("measures the rates on the training samples", () => {
    const data = seedData(preset, 4);
    const { latents } = data.view("sae").lrb.coefficients(Array.from({ length: 300 }, (_, i) => i));
    const rates = data.rates();
    expect(rates[0]).toBeCloseTo(latents.filter((feature) => feature === 0).length / 300, 10);
    expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(latents.length / 300, 10);
  });
});
