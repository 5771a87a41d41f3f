import { type Activation, crosscoder, type SdlSpec, sae, type Terms, transcoder } from "@monosema/sdl";
import type { Given, Options } from "./options.js";
import { sampleOptions } from "./samples.js";
import type { AskedTier } from "./session.js";
import { UsageError } from "./usageError.js";

/** Options of `train` that decide what is trained. */
export const trainOptions: Options = {
  data: {
    value: "FILE",
    help: "activations, npy or safetensors [N, P]; FILE:NAME names a tensor; a crosscoder may take several, one per source",
    multiple: true,
    path: "input",
  },
  tensor: sampleOptions.tensor,
  target: sampleOptions.target,
  variant: { value: "V", help: "sae, transcoder or crosscoder (default sae; transcoder with --target)" },
  sources: { value: "W,W", help: "widths of a crosscoder's sources, where one file holds them side by side" },
  activation: { value: "A", help: "topk, batchtopk, relu, jumprelu or gated (default topk)" },
  latents: { value: "Q", help: "latents (default 8 times the width)" },
  k: {
    value: "K",
    help: "active latents per sample of topk and batchtopk (default 32, at most a quarter of the latents)",
  },
  l1: { value: "C", help: "sparsity of relu and gated, weighted by decoder norms (default 1)" },
  l0: { value: "C", help: "sparsity of jumprelu (default 1)" },
  "target-l0": { value: "N", help: "jumprelu: drive the mean number of active latents to N" },
  theta: { value: "T", help: "jumprelu: initial threshold (default .1)" },
  bandwidth: { value: "E", help: "jumprelu: window width (default .1)" },
  auxk: { value: "on|off", help: "topk and batchtopk: let dead latents reconstruct the residual (default on)" },
  skip: { help: "transcoder: add a linear path from input to output" },
  "unit-norm": { help: "decoder rows have unit norm" },
  decay: { value: "C", help: "weight decay (default 0)" },
  normalize: {
    value: "N",
    help: "meannorm, rms or none: common size of the samples in training, folded into the weights (default meannorm)",
  },
  biases: { value: "on|off", help: "train b_enc and b_dec, b_dec from the mean (default on)" },
  anchors: {
    value: "FILE",
    help: "hold the first latents to these directions, npy [K, P], as monosema anchors writes",
    path: "input",
  },
  "anchor-strength": { value: "C", help: "strength of the anchors (default .1)" },
  batch: { value: "B", help: "samples per step (default 512, at 4000 latents and more 1024)" },
  lr: { value: "R", help: "learning rate (default 3e-3)" },
  steps: { value: "N", help: "steps (default: the longer of 2000 steps and 10 epochs)" },
  epochs: { value: "N", help: "passes over the data instead of --steps" },
  "save-every": { value: "STEPS", help: "steps between resumable states (default 5 % of the steps)" },
  resume: { value: "FOLDER", help: "go on with a run that was stopped; takes everything else from it" },
};

const activations = ["topk", "batchtopk", "relu", "jumprelu", "gated"] as const;
const onOff = ["on", "off"] as const;

/** Everything that decides a run, as JSON; saved with its states. */
export interface TrainConfig {
  /** Absolute paths of the data. */
  readonly data: readonly string[];
  /** Absolute path of the targets. */
  readonly target?: string;
  /** Absolute path of the anchors. */
  readonly anchors?: string;
  /** lambda of the anchors. */
  readonly anchorStrength: number;
  /** Objective. */
  readonly spec: SdlSpec;
  /** Common size of samples in training. */
  readonly normalize: "meannorm" | "rms" | "none";
  /** Samples per step. */
  readonly batch: number;
  /** Learning rate. */
  readonly lr: number;
  /** Steps. */
  readonly steps: number;
  /** Steps between resumable states. */
  readonly saveEvery: number;
  /** Seed. */
  readonly seed: number;
  /** Backend, by the name that the run was opened with. */
  readonly backend: string;
  /** Its tier, as asked: other tiers differ in the last bits of thresholds. */
  readonly tier?: AskedTier;
}

/** Widths and number of the samples. */
export interface DataShape {
  /** N. */
  readonly rows: number;
  /** Width of each data file. */
  readonly widths: readonly number[];
  /** Width of the targets, where given. */
  readonly target?: number;
}

/**
 * The objective that the options ask for.
 *
 * @throws UsageError for combinations that cannot work
 */
export function specFrom(given: Given, data: DataShape): SdlSpec {
  const nP = data.widths.reduce((a, b) => a + b, 0);
  const variant =
    given.choice("variant", ["sae", "transcoder", "crosscoder"]) ?? (data.target === undefined ? "sae" : "transcoder");
  const kind = given.choice("activation", activations) ?? "topk";
  const selects = kind === "topk" || kind === "batchtopk";
  refuseUnused(given, variant, kind);
  const nQ = given.whole("latents", 1) ?? 8 * nP;
  const activation = activationFrom(given, kind, nQ);
  const l1 = given.number("l1", 0) ?? 1;
  const decay = given.number("decay", 0) ?? 0;
  const targetL0 = given.number("target-l0", 0);
  const terms: Terms = {
    ...(kind === "relu" || kind === "gated" ? { l1: { coefficient: l1, weighting: "decoderNorm" } as const } : {}),
    ...(kind === "jumprelu"
      ? {
          l0: {
            coefficient: given.number("l0", 0) ?? 1,
            ...(targetL0 ? { loss: "target" as const, target: targetL0 } : {}),
          },
        }
      : {}),
    ...(selects && given.choice("auxk", onOff) !== "off" ? { auxK: {} } : {}),
    ...(decay > 0 ? { weightDecay: decay } : {}),
  };
  const biases = given.choice("biases", onOff) !== "off";
  const common = { nQ, activation, terms, biases, unitNormDecoder: given.has("unit-norm") };
  try {
    if (variant === "transcoder") {
      if (data.target === undefined) throw new UsageError("--variant transcoder needs --target FILE; give the targets");
      return transcoder({ nP, nR: data.target, skip: given.has("skip"), ...common });
    }
    if (data.target !== undefined)
      throw new UsageError(`--target belongs to --variant transcoder, got ${variant}; drop one of them`);
    if (variant === "sae") {
      if (data.widths.length > 1)
        throw new UsageError(`--data must be one file for an sae, got ${data.widths.length}; use --variant crosscoder`);
      return sae({ nP, ...common });
    }
    return crosscoder({ sources: sourcesFrom(given, data.widths), ...common });
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message, { cause: error }) : error;
  }
}

function activationFrom(given: Given, kind: (typeof activations)[number], nQ: number): Activation {
  if (kind === "jumprelu")
    return { kind, theta: given.number("theta", 0) ?? 0.1, bandwidth: given.number("bandwidth", 1e-12) ?? 0.1 };
  if (kind === "relu" || kind === "gated") return { kind };
  const k = (kind === "topk" ? given.whole("k", 1) : given.number("k", 1e-12)) ?? Math.max(1, Math.min(32, nQ >> 2));
  if (k > nQ)
    throw new UsageError(`--k must be at most the number of latents, ${nQ}, got ${k}; lower --k or raise --latents`);
  return { kind, k };
}

/** Options that the chosen model would ignore are refused rather than dropped. */
function refuseUnused(given: Given, variant: string, kind: string): void {
  const uses: readonly (readonly [string, boolean, string])[] = [
    ["k", kind === "topk" || kind === "batchtopk", "topk and batchtopk"],
    ["auxk", kind === "topk" || kind === "batchtopk", "topk and batchtopk"],
    ["l1", kind === "relu" || kind === "gated", "relu and gated"],
    ["l0", kind === "jumprelu", "jumprelu"],
    ["target-l0", kind === "jumprelu", "jumprelu"],
    ["theta", kind === "jumprelu", "jumprelu"],
    ["bandwidth", kind === "jumprelu", "jumprelu"],
    ["skip", variant === "transcoder", "transcoders"],
    ["sources", variant === "crosscoder", "crosscoders"],
  ];
  for (const [name, used, owner] of uses) {
    if (!used && (given.text(name) !== undefined || given.has(name))) {
      throw new UsageError(
        `--${name} belongs to ${owner}, got it with --variant ${variant} --activation ${kind}; drop it`,
      );
    }
  }
}

function sourcesFrom(given: Given, widths: readonly number[]): readonly number[] {
  const text = given.text("sources");
  if (text === undefined) {
    if (widths.length > 1) return widths;
    throw new UsageError(
      "--variant crosscoder needs several --data files, or --sources with the width of each source; give one of them",
    );
  }
  const sources = text.split(",").map(Number);
  const [sum, total] = [sources, widths].map((list) => list.reduce((a, b) => a + b, 0)) as [number, number];
  if (sources.some((width) => !Number.isInteger(width) || width < 1) || sum !== total) {
    throw new UsageError(
      `--sources must be whole widths that sum to the data's ${total} columns, got ${text}; correct it`,
    );
  }
  return sources;
}
