import type { Preset } from "../preset.js";
import { recipes } from "../recipe.js";
import { hardPreset } from "./hard.js";

/**
 * SynthSAEBench-16k (arXiv 2602.14687, version 2 of its model): the distribution of its coefficients, and its training protocol (Adam
 * 3e-4, 1,024 samples a step, L0 25, prefixes 128, 512, 2,048, 4,096) over 10 million samples in place of its 200 million.
 */
export const synthsaePreset: Preset = hardPreset({
  name: "synthsae",
  n: 16_384,
  nP: 768,
  nQ: 4096,
  samples: 10_000_000,
  maxInterference: 0.25,
  data: {
    firing: { kind: "zipfian", exponent: 0.5, max: 0.4, min: 5e-4 },
    magnitudes: {
      kind: "gaussian",
      mean: { kind: "linear", first: 5, last: 4 },
      deviation: { kind: "foldedNormal", mean: 0.5, deviation: 0.5 },
    },
    correlation: { rank: 25, scale: 0.1 },
    hierarchy: {
      roots: 128,
      branching: 4,
      depth: 3,
      exclusivePortion: 1,
      compensate: true,
      scaleByParent: true,
    },
    biasNorm: 0.5,
  },
  recipes: recipes({
    steps: 9765,
    batchSize: 1024,
    lr: 3e-4,
    k: 25,
    biases: true,
    auxK: true,
    prefixes: [1 / 32, 1 / 8, 1 / 2, 1],
    batched: true,
  }),
});
