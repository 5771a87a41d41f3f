import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  type Batch,
  type BatchSource,
  fit,
  foldScale,
  normStatistics,
  openModel,
  type SdlSpec,
  sae,
  scaleFactor,
  scaleSamples,
  transcoder,
} from "../src/index.js";
import { worstError } from "./support/gradients.js";
import { activations } from "./support/specs.js";
import { toySource } from "./support/toyDictionary.js";

const shared = { nQ: 10, biases: true } as const;
const specs: readonly (readonly [string, SdlSpec, { input: number; target: number }])[] = [
  ...Object.entries(activations).map(
    ([name, activation]) => [`${name} sae`, sae({ nP: 6, ...shared, activation }), { input: 3, target: 3 }] as const,
  ),
  [
    "skip transcoder",
    transcoder({ nP: 6, nR: 4, skip: true, ...shared, activation: { kind: "topk", k: 3 } }),
    { input: 3, target: 0.5 },
  ],
];

const times = (values: Batch["input"], factor: number): Float32Array =>
  Float32Array.from(values, (v) => Math.fround(v) * factor);

describe("training with a data scale", () => {
  it.each(specs)("%s: the folded model on raw data equals the unfolded one on scaled data", async (_, spec, scale) => {
    const raw = toySource({ nP: 6, batchSize: 16, ...(spec.variant === "transcoder" ? { nR: 4 } : {}) });
    const scaled: BatchSource = {
      batchSize: 16,
      batch: async (step) => {
        const { size, input, target } = await raw.batch(step);
        return { size, input: times(input, scale.input), ...(target ? { target: times(target, scale.target) } : {}) };
      },
    };
    const backend = referenceBackend();
    const folded = (await fit(backend, spec, raw, { steps: 20, scale })).model;
    const unfolded = (await fit(backend, spec, scaled, { steps: 20 })).model;
    expect(folded.weights).toEqual(foldScale(unfolded.weights, scale));

    const { input } = await raw.batch(99);
    const onRaw = await openModel(backend, folded).run(input, 16);
    const onScaled = await openModel(backend, unfolded).run(times(input, scale.input), 16);
    expect(onRaw.codes.latents).toEqual(onScaled.codes.latents);
    // Folded weights are rounded to float32 once more.
    expect(worstError(onRaw.codes.values, onScaled.codes.values)).toBeLessThan(1e-5);
    expect(
      worstError(
        onRaw.reconstruction,
        onScaled.reconstruction.map((v) => v / scale.target),
      ),
    ).toBeLessThan(1e-5);
  });

  it("saves folded models at checkpoints and states in training units", async () => {
    const [, spec, scale] = specs[2] as (typeof specs)[number];
    const seen: Float32Array[][] = [];
    const { model } = await fit(referenceBackend(), spec, toySource({ nP: 6, batchSize: 16 }), {
      steps: 4,
      scale,
      checkpoint: {
        every: 4,
        save: async (state, saved) => {
          seen.push([saved.weights.encoder, Float32Array.from(state.parameters.get("encoder")?.value ?? [])]);
        },
      },
    });
    const [saved, state] = seen[0] as [Float32Array, Float32Array];
    expect(saved).toEqual(model.weights.encoder);
    expect(saved).toEqual(state.map((v) => v * scale.input));
  });

  it.each([
    [
      specs[0],
      { input: 3, target: 2 },
      "train: scale.input and scale.target must be equal for a sae, got 3 and 2; use one factor",
    ],
    [
      ["tied", sae({ nP: 6, nQ: 10, tied: true, activation: { kind: "relu" } })],
      { input: 3, target: 3 },
      "train: tied weights cannot fold a data scale, got 3; scale the data yourself or untie",
    ],
  ] as const)("refuses what cannot be folded", async (named, scale, message) => {
    const spec = named?.[1] as SdlSpec;
    await expect(
      fit(referenceBackend(), spec, toySource({ nP: 6, batchSize: 4 }), { steps: 2, scale }),
    ).rejects.toThrow(message);
  });
});

describe("training with input scaling", () => {
  it.each(["constantNorm", "layerNorm"] as const)(
    "%s equals training on samples scaled beforehand",
    async (inputScaling) => {
      const spec = sae({ nP: 6, ...shared, activation: { kind: "topk", k: 3 } });
      const raw = toySource({ nP: 6, batchSize: 16, active: 6 });
      const scaled: BatchSource = {
        batchSize: 16,
        batch: async (step) => ({
          size: 16,
          input: scaleSamples(inputScaling, (await raw.batch(step)).input, 6).scaled,
        }),
      };
      const inside = await fit(referenceBackend(), spec, raw, { steps: 10, inputScaling });
      const outside = await fit(referenceBackend(), spec, scaled, { steps: 10 });
      expect(inside.model.weights).toEqual(outside.model.weights);
      expect(inside.model.inputScaling).toBe(inputScaling);
    },
  );

  it("is refused for transcoders", async () => {
    const spec = transcoder({ nP: 6, nR: 4, nQ: 10, activation: { kind: "relu" } });
    await expect(
      fit(referenceBackend(), spec, toySource({ nP: 6, nR: 4, batchSize: 4 }), { steps: 2, inputScaling: "layerNorm" }),
    ).rejects.toThrow(
      "train: inputScaling is for models whose target is their input, got layerNorm for a transcoder; use none",
    );
  });
});

describe("scaleFactor", () => {
  // Norms 5 and 1: mean norm 3, mean square 13.
  const statistics = normStatistics(Float32Array.of(3, 4, 1, 0), 2);

  it("meanNorm brings the mean norm to sqrt(P), rms the mean square to 1", () => {
    expect(statistics).toEqual({ samples: 2, meanNorm: 3, meanSquare: 13 });
    expect(scaleFactor("meanNorm", statistics, 2)).toBeCloseTo(Math.SQRT2 / 3, 14);
    expect(scaleFactor("rms", statistics, 2)).toBeCloseTo(1 / Math.sqrt(13), 14);
  });

  it("refuses zeros", () => {
    expect(() => scaleFactor("rms", normStatistics(new Float32Array(4), 2), 2)).toThrow(
      new RangeError("scaleFactor: some sample must not be zero, got only zeros; check the data"),
    );
  });
});
