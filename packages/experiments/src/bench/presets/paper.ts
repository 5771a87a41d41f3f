import { benchPresets } from "@monosema/bench";
import { anchoring, fifth, type Preset } from "../preset.js";
import { recipes } from "../recipe.js";

/** What these presets have in common, and the data of the benchmark package. */
function shared(name: keyof typeof benchPresets): Omit<Preset, "recipes"> {
  const { firing, ...sizes } = benchPresets[name];
  return {
    name,
    ...sizes,
    ...anchoring,
    sparsity: 1 - firing.rate,
    heldOut: 3000,
    compares: ["none", "truth"],
    frequentAnchors: fifth(sizes.n),
  };
}

/** The Linear Representation Bench: `paper` is the paper's Table 3, `reduced` has its ratios, `quick` takes about a minute. */
export const paperPresets: readonly Preset[] = [
  {
    ...shared("quick"),
    recipes: recipes({ batchSize: 256, k: 6, ks: [3, 6, 12] }, { relu: { unitNormDecoder: true } }),
  },
  {
    ...shared("reduced"),
    recipes: recipes({}, { relu: { unitNormDecoder: true }, batchtopk: { weightDecay: 0.01 } }),
  },
  {
    ...shared("paper"),
    recipes: recipes(
      { steps: 300, batchSize: 1024, k: 32, ks: [16, 32, 64, 128] },
      {
        relu: { steps: 450, batchSize: 512, lr: 1e-3, warmup: 40, l1: 0.3, l1ByNorm: true },
        jumprelu: { batchSize: 512 },
      },
    ),
  },
];
