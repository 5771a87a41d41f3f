import { activationNames } from "@monosema/sdl";
import { maxNormOption } from "../extremeNorms.js";
import type { Options } from "../options.js";
import { sampleOptions } from "../samples.js";
import { activationsWith, having } from "./activationsWith.js";

const [counting, thresholding] = [activationsWith(having.k), activationsWith(having.theta)];

/** Options of `train` that decide what is trained, and how. */
export const trainOptions: Options = {
  data: {
    value: "FILE",
    help: `${sampleOptions.data.help}; with --variant crosscoder or crosslayer each is a source`,
    multiple: true,
    path: "input",
  },
  source: {
    value: "FILE",
    help: "a source of a crosscoder [N, P], with --target of a layer of a cross-layer transcoder, as --data; once for each, row by row the same tokens",
    multiple: true,
    path: "input",
  },
  tensor: { ...sampleOptions.tensor, help: "matrix of --data and --source, where there are several" },
  target: sampleOptions.target,
  ...maxNormOption,
  holdout: {
    value: "F",
    help: "share of the rows, drawn by the seed, that is never trained on: the honest fvu is theirs (default .05)",
  },
  variant: {
    value: "V",
    help: "sae, transcoder, crosscoder or crosslayer: latents of each layer read its --data, and write to its --target and those of later layers (default sae; transcoder with --target)",
  },
  sources: { value: "W,W", help: "widths of the sources, where one file holds them side by side" },
  targets: { value: "W,W", help: "widths of the targets of a cross-layer transcoder, where one file holds them" },
  activation: { value: "A", help: `one of ${activationNames.join(", ")} (default topk)` },
  latents: { value: "Q", help: "latents, of all layers together (default 8 times the width)" },
  k: {
    value: "K",
    help: `active latents per sample of ${counting} (default 32 for each layer, at most a quarter of the latents)`,
  },
  l1: { value: "C", help: `sparsity of ${activationsWith(having.l1)}, weighted by decoder norms (default 1)` },
  l0: { value: "C", help: `sparsity of ${activationsWith(having.l0)} (default 1)` },
  "target-l0": { value: "N", help: `${activationsWith(having.l0)}: drive the mean number of active latents to N` },
  theta: { value: "T", help: `${thresholding}: initial threshold (default .1)` },
  bandwidth: { value: "E", help: `${thresholding}: window width (default .1)` },
  auxk: {
    value: "on|off",
    help: `${activationsWith(having.auxK)}: let dead latents reconstruct the residual (default on)`,
  },
  matryoshka: {
    value: "W,W",
    help: "nested dictionaries of the first W latents; k:K,K instead nests the K largest of topk and batchtopk",
  },
  skip: { help: "transcoder: add a linear path from input to output" },
  "unit-norm": { help: "decoder rows have unit norm (gated: always)" },
  "weight-decay": { value: "C", help: "weight decay (default 0)" },
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
  init: {
    value: "CHECKPOINT",
    help: "start from this dictionary; what is not given of the above is taken from it",
    path: "input",
  },
  batch: { value: "B", help: "samples per step (default 512, at 4000 latents and more 1024)" },
  lr: { value: "R", help: "learning rate (default 3e-3)" },
  "lr-warmup": {
    value: "N",
    help: "the learning rate rises over the first N steps; up to 1 a share of all (default 0)",
  },
  "lr-decay": { value: "N", help: "the learning rate falls to 0 over the last N steps; up to 1 a share (default 0)" },
  "sparsity-warmup": { value: "N", help: "--l1 and --l0 rise over the first N steps; up to 1 a share (default 0)" },
  clip: { value: "C", help: "largest norm of the gradient of a step (default none)" },
  resample: { value: "STEPS", help: "steps between resamplings of dead latents (default none)" },
  steps: { value: "N", help: "steps (default: the longer of 2000 steps and 10 epochs)" },
  epochs: { value: "N", help: "passes over the data instead of --steps" },
  seeds: {
    value: "N",
    help: "train N dictionaries that differ by seed alone: --seed, the next one, ..., in folders seed-0, seed-1, ... of --out",
  },
  "model-name": {
    value: "NAME",
    help: "model that the activations come from, for the records (default: what a harvest states)",
  },
  hook: { value: "NAME", help: "place in that model, for the records" },
  "save-every": { value: "STEPS", help: "steps between resumable states (default 5 % of the steps)" },
  "save-every-seconds": { value: "S", help: "save a state whenever S seconds have passed, too" },
  resume: {
    value: "FOLDER",
    help: "go on with a run (or the runs of --seeds) that was stopped or, with more --steps, with one that has ended; takes everything else from it, but --data, --target, --anchors may say where the files lie now",
  },
};

/** What may be given beside `--resume`, with the common options. */
export const besideResume: readonly string[] = [
  "resume",
  "data",
  "source",
  "target",
  "anchors",
  "steps",
  "save-every",
  "save-every-seconds",
];
