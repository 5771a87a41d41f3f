import type { ConstantRates } from "../coefficients/firingRates.js";

/** Sizes of a benchmark run. */
export interface BenchPreset {
  /** True features. */
  readonly n: number;
  /** Input width. */
  readonly nP: number;
  /** Latents to train. */
  readonly nQ: number;
  /** Distinct training samples. */
  readonly samples: number;
  /** Firing rate, 1 - S. */
  readonly firing: ConstantRates;
  /** M. */
  readonly maxInterference: number;
  /** Anchored features, where a run is anchored. */
  readonly anchors: number;
}

const rate = (value: number): ConstantRates => ({ kind: "constant", rate: value });

/** The paper's Table 3; the same ratios at a quarter; and the shape of the one-minute run. */
export const benchPresets: Readonly<Record<"paper" | "reduced" | "quick", BenchPreset>> = {
  paper: { n: 1000, nP: 768, nQ: 16_000, samples: 100_000, firing: rate(0.01), maxInterference: 0.1, anchors: 100 },
  reduced: { n: 250, nP: 192, nQ: 1000, samples: 100_000, firing: rate(0.01), maxInterference: 0.1, anchors: 25 },
  quick: { n: 96, nP: 72, nQ: 384, samples: 100_000, firing: rate(0.03), maxInterference: 0.1, anchors: 10 },
};
