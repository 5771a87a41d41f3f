import type { BenchOptions } from "@monosema/bench";
import type { Method } from "./methods.js";
import type { Recipe } from "./recipe.js";

/** Where anchors come from. */
export type AnchorKind = "none" | "truth" | "frequent" | "discovered";

/** All kinds of anchors. */
export const anchorKinds: readonly AnchorKind[] = ["none", "truth", "frequent", "discovered"];

/** What a preset says of its data beside sizes and interference; the words of `linearRepresentationBench`. */
export type PresetData = Pick<
  BenchOptions,
  "firing" | "magnitudes" | "correlation" | "hierarchy" | "orthogonalization" | "biasNorm" | "noise"
>;

/** A benchmark setting: data, training and anchoring. Numbers and switches can be changed by name, the rest is the preset. */
export interface Preset {
  /** Name. */
  readonly name: string;
  /** True features N. */
  readonly n: number;
  /** Input width P (each crosscoder source; transcoder target too). */
  readonly nP: number;
  /** Latents Q. */
  readonly nQ: number;
  /** S: an entry is 0 with this probability; absent where rates differ. */
  readonly sparsity?: number;
  /** M: largest inner product of two features; not used where the data are orthogonalised. */
  readonly maxInterference: number;
  /** Distinct training samples. */
  readonly samples: number;
  /** Held-out samples for everything that is measured on codes. */
  readonly heldOut: number;
  /** Distribution of the coefficients; absent: independent, all with the rate 1 - S. */
  readonly data?: PresetData;
  /** Kinds of anchors that the table compares where none are named. */
  readonly compares: readonly AnchorKind[];
  /** Anchored latents of `truth`. */
  readonly anchors: number;
  /** Anchored latents of `frequent`. */
  readonly frequentAnchors: number;
  /** lambda of `truth`. */
  readonly strength: number;
  /** Rows of `truth` start at their anchors. */
  readonly start: boolean;
  /** lambda of `frequent`. */
  readonly frequentStrength: number;
  /** Rows of `frequent` start at their anchors. */
  readonly frequentStart: boolean;
  /** lambda of `discovered`. */
  readonly discoveredStrength: number;
  /** Training of each method. */
  readonly recipes: Readonly<Record<Method, Recipe>>;
}

/** Anchoring as the presets share it: random features gently, as in the paper; frequent ones held from the start. */
export const anchoring: Pick<
  Preset,
  "strength" | "start" | "frequentStrength" | "frequentStart" | "discoveredStrength"
> = { strength: 0.1, start: false, frequentStrength: 1, frequentStart: true, discoveredStrength: 1 };

/** The count of `frequent` anchors: a fifth of the features. */
export const fifth = (n: number): number => Math.max(1, Math.floor(n / 5));
