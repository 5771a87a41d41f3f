import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { discoverAnchors } from "../src/index.js";
import type { CodesByLatent } from "../src/inputDirections.js";
import { inputDirections } from "../src/inputDirections.js";
import { bestMatches, inner, mixed, row, sparseSource, unitRows } from "./support/synthetic.js";

const n = 20;
const nP = 24;
const nR = 22;
const options = { expected: n, nQ: 64, k: 3, steps: 350, lr: 0.01, samples: 1024 };

describe("discoverAnchors on a small dictionary", () => {
  it("finds every feature and nothing else, at cosine .95", { timeout: 20_000 }, async () => {
    const backend = referenceBackend();
    const features = unitRows(n, nP, 1);
    const source = sparseSource({ n, batchSize: 128, active: 1.2 }, features);
    const found = await discoverAnchors(backend, { variant: "sae", nP, nR: nP }, source, options);
    expect(Math.min(...bestMatches(found.input, features, nP))).toBeGreaterThan(0.95); // precision 1
    expect(Math.min(...bestMatches(features, found.input, nP))).toBeGreaterThan(0.95); // recall 1
    expect(found.count).toBe(n);
    expect(found.kind).toBe("discovered");
    expect(found.target).toBe(found.input);
    expect([...found.energy]).toEqual([...found.energy].sort((a, b) => b - a));
    expect(new Set(found.latents).size).toBe(n);
    found.latents.forEach((latent, i) => {
      const rows = row(found.model.weights.decoder, latent, nP);
      expect(inner(row(found.input, i, nP), rows) / Math.hypot(...rows)).toBeCloseTo(1, 6);
    });
    expect(backend.liveTensors()).toBe(0);
  });

  it("finds both sides of a transcoder's features, paired", { timeout: 20_000 }, async () => {
    const [inputs, targets] = [unitRows(n, nP, 1), unitRows(n, nR, 1)];
    const source = sparseSource({ n, batchSize: 128, active: 1.2 }, inputs, targets);
    const found = await discoverAnchors(referenceBackend(), { variant: "transcoder", nP, nR }, source, options);
    expect(found.count).toBe(n);
    for (let i = 0; i < found.count; i++) {
      const cosines = Array.from({ length: n }, (_, j) => inner(row(found.target, i, nR), row(targets, j, nR)));
      const feature = cosines.indexOf(Math.max(...cosines));
      expect(cosines[feature]).toBeGreaterThan(0.95);
      expect(inner(row(found.input, i, nP), row(inputs, feature, nP))).toBeGreaterThan(0.95);
    }
  });

  it("refuses data on which no latent is active", async () => {
    const source = { batchSize: 8, batch: () => ({ size: 8, input: new Float32Array(8 * nP) }) };
    await expect(
      discoverAnchors(referenceBackend(), { variant: "sae", nP, nR: nP }, source, {
        ...options,
        steps: 2,
        samples: 20,
      }),
    ).rejects.toThrow(
      new RangeError(
        "discoverAnchors: some latent must be active in 24 samples, got none; train longer or check the data",
      ),
    );
  });
});

describe("inputDirections", () => {
  // Inputs are exact sums of the codes of latents 2, 5 and 9 times known rows.
  const rows = unitRows(3, 4, 1);
  const latents = [2, 5, 9];
  const values = [
    [1, 0, 2, 0, 3, 1],
    [0, 2, 1, 0, 0, 1],
    [0, 0, 0, 4, 1, 2],
  ];
  const coefficients = Float64Array.from({ length: 18 }, (_, j) => values[j % 3]?.[Math.floor(j / 3)] as number);
  const inputs = mixed(coefficients, rows, 3);
  const codes: CodesByLatent = new Map(
    latents.map((latent, i) => {
      const samples = [0, 1, 2, 3, 4, 5].filter((b) => values[i]?.[b] !== 0);
      return [latent, { samples, values: samples.map((b) => values[i]?.[b] as number) }];
    }),
  );
  const batches = [inputs.subarray(0, 8), inputs.subarray(8)];

  it("are the regression of inputs on codes, with unit norm, in the wanted order", () => {
    const found = inputDirections(codes, batches, latents, [9, 2], 4, 1e-9);
    [...row(rows, 2, 4), ...row(rows, 0, 4)].forEach((v, j) => {
      expect(found[j]).toBeCloseTo(v, 6);
    });
  });

  it("bend towards the plain code-weighted mean as the ridge grows", () => {
    const found = inputDirections(codes, batches, latents, [5], 4, 1e9);
    const mean = [0, 1, 2, 3].map((d) =>
      [0, 1, 2, 3, 4, 5].reduce((sum, b) => sum + (values[1]?.[b] as number) * (inputs[4 * b + d] as number), 0),
    );
    mean.forEach((v, d) => {
      expect(found[d]).toBeCloseTo(v / Math.hypot(...mean), 6);
    });
  });
});
