import { synthSaeBench16k } from "@monosema/bench";
import type { Preset } from "../preset.js";
import { recipes } from "../recipe.js";
import { hardPreset } from "./hard.js";

/** What the benchmark package says of it, but for what other keys of the preset say. */
const { n, nP, seed: _, samples: __, ...data } = synthSaeBench16k();

/**
 * SynthSAEBench-16k (arXiv 2602.14687, version 2 of its model): the distribution of its coefficients, and its training protocol (Adam
 * 3e-4, 1,024 samples a step, L0 25, prefixes 128, 512, 2,048, 4,096) over 10 million samples in place of its 200 million.
 */
export const synthsaePreset: Preset = hardPreset({
  name: "synthsae",
  n,
  nP,
  nQ: 4096,
  samples: 10_000_000,
  data,
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
