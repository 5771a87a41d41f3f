import { type AnchorSet, featureAnchors, truthAnchors } from "@monosema/anchoring";
import type { LinearRepresentationBench } from "@monosema/bench";
import { normaliseRows } from "@monosema/numerics";
import { random } from "@monosema/tensor";
import { sampleBlocks } from "../bench/sampleBlocks.js";
import type { ViewData } from "../bench/seedData.js";
import { type LabelSums, labelSums } from "./labelDirections.js";

/** Which directions are anchored. */
export type StudiedAnchors =
  | "none"
  /** The features that fire most often. */
  | "frequent"
  /** Those that follow them in rank. */
  | "middle"
  /** Roots of the trees, the most frequent first. */
  | "roots"
  /** Roots and their children. */
  | "top-levels"
  /** Features drawn at random, as in the paper. */
  | "random"
  /** Directions that are no features. */
  | "directions"
  /** Of the most frequent features the means of the samples in which they fire, as labels would give them. */
  | "label-means"
  /** Of the most frequent features the least-squares directions of their labels, all together. */
  | "label-regression";

/**
 * Anchors of a row of the study.
 *
 * @param count - anchors; roots and levels have their own number
 * @param ranked - features by falling rate
 */
export function studyAnchors(
  which: StudiedAnchors,
  count: number,
  { lrb }: ViewData,
  ranked: readonly number[],
  seed: number,
): AnchorSet | undefined {
  const parentOf = lrb.coefficientModel.hierarchy?.parentOf ?? new Int32Array(lrb.n).fill(-1);
  const isRoot = (feature: number): boolean => parentOf[feature] === -1 && parentOf.includes(feature);
  const held = (features: readonly number[]): AnchorSet => featureAnchors(lrb, features, "frequent");
  switch (which) {
    case "none":
      return undefined;
    case "frequent":
      return held(ranked.slice(0, count));
    case "middle":
      return held(ranked.slice(count, 2 * count));
    case "roots":
      return held(ranked.filter(isRoot));
    case "top-levels":
      return held(ranked.filter((feature) => isRoot(feature) || isRoot(parentOf[feature] as number)));
    case "random":
      return truthAnchors(lrb, count, seed);
    case "directions":
      return randomDirections(lrb, count, seed);
    case "label-means":
      return labelled(lrb, ranked.slice(0, count), (sums) => sums.means());
    case "label-regression":
      return labelled(lrb, ranked.slice(0, count), (sums) => sums.regression());
  }
}

function randomDirections({ nP, nR }: LinearRepresentationBench, count: number, seed: number): AnchorSet {
  const rows = (width: number, name: string): Float32Array => {
    const values = Float32Array.from({ length: count * width }, random(seed, "directions", name).normal);
    normaliseRows(values, width);
    return values;
  };
  const input = rows(nP, "input");
  return { kind: "given", count, input, target: nP === nR ? input : rows(nR, "target") };
}

/** Samples that have labels. */
const LABELLED = 20_000;

/** Anchors of the most frequent features as labels would give them: which of them are in a sample, not how much. */
function labelled(
  lrb: LinearRepresentationBench,
  features: readonly number[],
  directionsOf: (sums: LabelSums) => Float32Array,
): AnchorSet {
  const { nP, nR, view } = lrb;
  const labelOf = new Map(features.map((feature, label) => [feature, label]));
  const sums = { input: labelSums(features.length, nP), target: labelSums(features.length, nR) };
  for (const samples of sampleBlocks(Math.min(LABELLED, lrb.samples))) {
    const batch = lrb.batchOf(samples);
    const { offsets, latents } = lrb.coefficients(samples);
    const labels = samples.map((_, row) =>
      Array.from(latents.subarray(offsets[row], offsets[row + 1])).flatMap((feature) => labelOf.get(feature) ?? []),
    );
    sums.input.add(batch.input, labels);
    if (view === "transcoder") sums.target.add(batch.target ?? batch.input, labels);
  }
  const input = directionsOf(sums.input);
  const target = view === "transcoder" ? directionsOf(sums.target) : input;
  return { kind: "frequent", count: features.length, input, target, features: Int32Array.from(features) };
}
