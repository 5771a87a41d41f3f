import { benchPresets } from "@monosema/bench";

/** The seven methods of the paper's Table 1. */
export type Method = "relu" | "jumprelu" | "topk" | "batchtopk" | "matryoshka" | "transcoder" | "crosscoder";

/** All methods, in the order of the table. */
export const methods: readonly Method[] = [
  "relu",
  "jumprelu",
  "topk",
  "batchtopk",
  "matryoshka",
  "transcoder",
  "crosscoder",
];

/** Where anchors come from. */
export type AnchorKind = "none" | "truth" | "discovered";

/** All kinds of anchors. */
export const anchorKinds: readonly AnchorKind[] = ["none", "truth", "discovered"];

/** Numbers of one method's training; what a method does not use is ignored. */
export interface Recipe {
  /** Steps. */
  readonly steps: number;
  /** Samples per step, B. */
  readonly batchSize: number;
  /** Adam's learning rate. */
  readonly lr: number;
  /** Steps of linear warm-up. */
  readonly warmup: number;
  /** Active latents per sample of the TopK family. */
  readonly k: number;
  /** k of the Matryoshka levels. */
  readonly ks: readonly number[];
  /** JumpReLU: initial threshold. */
  readonly theta: number;
  /** JumpReLU: window width eps. */
  readonly bandwidth: number;
  /** JumpReLU: coefficient of the step L0 loss. */
  readonly l0: number;
  /** ReLU: coefficient of L1. */
  readonly l1: number;
  /** ReLU: L1 weighted by decoder norms. */
  readonly l1ByNorm: boolean;
  /** ReLU: fraction of the steps over which L1 rises. */
  readonly l1Ramp: number;
  /** ReLU: unit-norm decoder. */
  readonly unitNormDecoder: boolean;
  /** l_w. */
  readonly weightDecay: number;
}

/** A benchmark setting: data, training and anchoring. */
export interface Preset {
  /** Name. */
  readonly name: string;
  /** True features N. */
  readonly n: number;
  /** Input width P (each crosscoder source; transcoder target too). */
  readonly nP: number;
  /** Latents Q. */
  readonly nQ: number;
  /** S: an entry is 0 with this probability. */
  readonly sparsity: number;
  /** M: largest inner product of two features. */
  readonly maxInterference: number;
  /** Distinct training samples. */
  readonly samples: number;
  /** Held-out samples for L0, fvu, dead fraction and shrinkage. */
  readonly heldOut: number;
  /** Anchored latents of `truth`. */
  readonly anchors: number;
  /** lambda of `truth`. */
  readonly strength: number;
  /** lambda of `discovered`. */
  readonly discoveredStrength: number;
  /** Training of each method. */
  readonly recipes: Readonly<Record<Method, Recipe>>;
}

const base: Recipe = {
  steps: 600,
  batchSize: 512,
  lr: 3e-3,
  warmup: 0,
  k: 8,
  ks: [4, 8, 16],
  theta: 0.5,
  bandwidth: 0.5,
  l0: 1,
  l1: 1,
  l1ByNorm: false,
  l1Ramp: 0.3,
  unitNormDecoder: false,
  weightDecay: 0,
};

function recipes(shared: Partial<Recipe>, own: Partial<Record<Method, Partial<Recipe>>> = {}): Preset["recipes"] {
  const of = (method: Method): Recipe => ({ ...base, ...shared, ...own[method] });
  return Object.fromEntries(methods.map((method) => [method, of(method)])) as Record<Method, Recipe>;
}

/** What presets have in common, and the data of the benchmark package. */
function shared(name: keyof typeof benchPresets): Omit<Preset, "name" | "recipes"> {
  const { firing, ...sizes } = benchPresets[name];
  return { ...sizes, sparsity: 1 - firing.rate, heldOut: 3000, strength: 0.1, discoveredStrength: 1 };
}

/** The built-in settings; `paper` is the paper's Table 3, `reduced` has its ratios, `quick` takes about a minute. */
export const presets: Readonly<Record<string, Preset>> = {
  quick: {
    name: "quick",
    ...shared("quick"),
    recipes: recipes({ batchSize: 256, k: 6, ks: [3, 6, 12] }, { relu: { unitNormDecoder: true } }),
  },
  reduced: {
    name: "reduced",
    ...shared("reduced"),
    recipes: recipes({}, { relu: { unitNormDecoder: true }, batchtopk: { weightDecay: 0.01 } }),
  },
  paper: {
    name: "paper",
    ...shared("paper"),
    recipes: recipes(
      { steps: 300, batchSize: 1024, k: 32, ks: [16, 32, 64, 128] },
      {
        relu: { steps: 450, batchSize: 512, lr: 1e-3, warmup: 40, l1: 0.3, l1ByNorm: true },
        jumprelu: { batchSize: 512 },
      },
    ),
  },
};
