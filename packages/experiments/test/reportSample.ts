import { random } from "@monosema/tensor";
import type { BenchDocument, BenchRow } from "../src/records.js";
import { benchConclusion } from "../src/report/conclusion.js";
import type { TrainDocument } from "../src/report/trainDocument.js";

const methods = ["relu", "jumprelu", "topk", "batchtopk", "matryoshka", "transcoder", "crosscoder"];

/** Options of {@link sampleDocument}. */
export interface SampleOptions {
  /** Default the seven methods. */
  readonly methods?: readonly string[];
  /** Default none and truth. */
  readonly anchors?: readonly string[];
  /** Default 1. */
  readonly seeds?: number;
  /** Features differ in their rates. Default false. */
  readonly hard?: boolean;
  /** Dimensions of the geometry; absent: none. */
  readonly dimensions?: 2 | 3;
}

/** A made-up benchmark document in which every optional part can be present. */
export function sampleDocument(options: SampleOptions = {}): BenchDocument {
  const anchors = options.anchors ?? ["none", "truth"];
  const rows = (options.methods ?? methods).flatMap((method, m) =>
    anchors.flatMap((kind) =>
      Array.from({ length: options.seeds ?? 1 }, (_, seed) => sampleRow(method, m, kind, seed, options.dimensions)),
    ),
  );
  return {
    command: "bench",
    preset: "quick",
    settings: [],
    version: "0.1.0",
    backend: {
      name: "tfjs-wasm",
      detail: "tfjs 4.22.0, simd, chosen because no faster backend is present",
      threads: 1,
    },
    seconds: 71.4,
    warnings: ["l1 without a norm constraint has no minimum; use decoder weighting"],
    out: "/home/someone/runs/bench-1",
    data: {
      n: 96,
      nP: 72,
      nQ: 384,
      ...(options.hard ? { meanL0: 2.9 } : { sparsity: 0.97 }),
      maxInterference: { target: 0.1, achieved: 0.0998 },
      samples: 100000,
    },
    rows,
    conclusion: benchConclusion(rows),
  };
}

function sampleRow(method: string, m: number, kind: string, seed: number, dimensions?: 2 | 3): BenchRow {
  const stream = random(seed + 1, method, kind);
  const count = { none: 0, truth: 10, frequent: 19 }[kind] ?? 90 + seed;
  const bestCosines = Array.from(
    { length: 96 - (kind === "truth" ? 10 : 0) },
    () => 1 - (0.004 + 0.02 * m) * stream.uniform() ** 2,
  );
  const mip = bestCosines.reduce((a, b) => a + b, 0) / bestCosines.length;
  const above = (tau: number): number => bestCosines.filter((c) => c > tau).length / bestCosines.length;
  return {
    method,
    variant: ["transcoder", "crosscoder"].includes(method) ? method : "sae",
    anchors: { kind, count, ...(kind === "discovered" ? { precision: 0.95, recall: 0.9 } : {}) },
    seed,
    steps: 600,
    samplesSeen: 153600,
    seconds: 3.1 + m,
    metrics: {
      decoder: { mgt95: above(0.95), mgt90: above(0.9), mip },
      encoder: { mgt95: 0, mgt90: 0.01, mip: 0.7 - 0.03 * m },
      raw: { mgt95: 0.52, mgt90: 0.6, mip: 0.918 },
      matched: { mgt95: above(0.95), mgt90: above(0.9), mip: mip - 0.001 },
      mcc: mip - 0.001,
      l0: method === "relu" ? 33.4 : 5.7,
      trueL0: 2.88,
      fvu: 0.016 + 0.004 * m + 0.001 * seed,
      deadFraction: 0.21 - 0.02 * m,
      explainedVariance: 1 - (0.016 + 0.004 * m + 0.001 * seed),
      shrinkage: 0.99,
      f1: 0.6,
      uniqueness: 0.3,
      found: 0.3 + 0.02 * m + (kind === "none" ? 0 : 0.2) + 0.01 * seed,
      foundComposite: 0.1,
      latents: {
        feature: 0.4,
        composite: 0.1,
        absorbed: 0.05,
        split: 0.05,
        duplicate: 0.1,
        dense: 0.01,
        dead: 0.09,
        none: 0.2,
      },
    },
    outcomes: "fcla".repeat(24),
    byRate: [
      { rate: 0.001, features: 40, found: 0.1 + 0.02 * m, composite: 0.1 },
      { rate: 0.01, features: 40, found: 0.5, composite: 0.1 },
      { rate: 0.1, features: 16, found: 0.2, composite: 0.05 },
    ],
    composites: [],
    scoredFeatures: bestCosines.length,
    randomMip: method === "crosscoder" ? 0.27 : 0.366,
    curve: Array.from({ length: 20 }, (_, i) => {
      const fvu = Math.exp(-i / (3 + m * 0.6)) + 0.012 + 0.003 * m + 0.002 * stream.uniform();
      return { step: 30 * (i + 1), loss: 9 * fvu, fvu, l0: 5.7 };
    }),
    bestCosines,
    similarity: Array.from({ length: 60 }, (_, y) =>
      Array.from({ length: 60 }, (_, x) => (x === y ? 0.99 : 0.3 * stream.uniform() ** 2)),
    ),
    ...(dimensions ? { geometry: sampleGeometry(dimensions, stream) } : {}),
  };
}

function sampleGeometry(dimensions: 2 | 3, stream: ReturnType<typeof random>): NonNullable<BenchRow["geometry"]> {
  const unit = (row: readonly number[]): number[] => row.map((x) => x / Math.hypot(...row));
  const features = Array.from({ length: dimensions === 2 ? 5 : 12 }, () =>
    unit(Array.from({ length: dimensions }, () => stream.normal())),
  );
  return { features, learned: features.map((row) => unit(row.map((x) => x + 0.05 * stream.normal()))) };
}

/** A made-up training document. */
export function sampleTraining(): TrainDocument {
  const curve = Array.from({ length: 40 }, (_, i) => ({
    step: 50 * (i + 1),
    loss: 60 * 0.93 ** i,
    fvu: 0.9 ** i,
    l0: 400 * 0.9 ** i + 16,
  }));
  return {
    command: "train",
    version: "0.1.0",
    backend: { name: "reference", detail: "float64", threads: 1 },
    seconds: 812,
    warnings: [],
    out: "/home/someone/runs/train-1",
    spec: {
      variant: "sae",
      nP: 64,
      nR: 64,
      nQ: 512,
      activation: { kind: "topk", k: 16 },
      biases: { encoder: true, decoder: true, subtractDecoderBias: true },
      skip: false,
      tied: false,
      unitNormDecoder: true,
      reduction: "sum",
      terms: {},
    },
    seed: 3,
    data: [{ path: "/home/someone/activations.npy", sha256: "0a1b2c3d4e5f".padEnd(64, "0"), rows: 24000 }],
    rows: 23971,
    dropped: 29,
    holdout: { fraction: 0.05, seed: 3 },
    meanToSpread: 0.41,
    model_name: "SmolLM2-135M",
    hook_name: "blocks.14.hook_resid_post",
    lr: 0.003,
    batch: 512,
    anchors: { kind: "classMeans", count: 2, names: ["cat", "dog"] },
    steps: 2000,
    samplesSeen: 1024000,
    samplesPerSecond: 1301.2,
    checkpoint: "/home/someone/runs/train-1/checkpoint",
    metrics: { loss: 3.61, fvu: 0.0321, explainedVariance: 0.9679, l0: 15.9, deadFraction: 0.04, denseFraction: 0.01 },
    heldOut: { rows: 1198, fvu: 0.0412, l0: 15.8, deadFraction: 0.07 },
    baselines: { pca: { components: 16, fvu: 0.213 } },
    curve,
  };
}
