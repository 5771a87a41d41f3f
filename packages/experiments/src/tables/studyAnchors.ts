import { type AnchorSet, featureAnchors, truthAnchors } from "@monosema/anchoring";
import type { LinearRepresentationBench } from "@monosema/bench";
import { normaliseRows } from "@monosema/numerics";
import { random } from "@monosema/tensor";
import type { ViewData } from "../bench/seedData.js";

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
  | "label-means";

/**
 * Anchors of a row of the study.
 *
 * @param count - anchors; roots and levels have their own number
 * @param ranked - features by falling rate
 */
export function studyAnchors(
  which: StudiedAnchors,
  count: number,
  { lrb, batchSource }: ViewData,
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
      return labelMeans(lrb, batchSource, ranked.slice(0, count));
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

/** Samples that the means are taken over. */
const LABELLED = 20_000;

function labelMeans(
  lrb: LinearRepresentationBench,
  batchSource: ViewData["batchSource"],
  features: readonly number[],
): AnchorSet {
  const { nP, nR, view } = lrb;
  const size = Math.min(1000, lrb.samples);
  const source = batchSource(size);
  const sums = { input: moments(features, nP), target: moments(features, nR) };
  for (let step = 1; step <= Math.max(1, Math.floor(Math.min(LABELLED, lrb.samples) / size)); step++) {
    const batch = source.batch(step);
    if (batch instanceof Promise) throw new Error("internal: the samples of the benchmark are at hand");
    const { offsets, latents } = lrb.coefficients(source.sampleIndices(step));
    const firing = Array.from({ length: size }, (_, row) => new Set(latents.subarray(offsets[row], offsets[row + 1])));
    sums.input.add(batch.input, firing);
    if (view === "transcoder") sums.target.add(batch.target ?? batch.input, firing);
  }
  const input = sums.input.directions();
  const target = view === "transcoder" ? sums.target.directions() : input;
  return { kind: "frequent", count: features.length, input, target, features: Int32Array.from(features) };
}

interface Moments {
  readonly add: (rows: Float32Array | Float64Array, firing: readonly ReadonlySet<number>[]) => void;
  readonly directions: () => Float32Array;
}

/** Means of the samples with a feature less the mean of all, as unit rows. */
function moments(features: readonly number[], width: number): Moments {
  const [sums, all] = [new Float64Array(features.length * width), new Float64Array(width)];
  const counts = new Float64Array(features.length);
  let samples = 0;
  return {
    add(rows, firing) {
      firing.forEach((fires, row) => {
        samples += 1;
        for (let d = 0; d < width; d++) all[d] = (all[d] as number) + (rows[row * width + d] as number);
        features.forEach((feature, i) => {
          if (!fires.has(feature)) return;
          counts[i] = (counts[i] as number) + 1;
          for (let d = 0; d < width; d++)
            sums[i * width + d] = (sums[i * width + d] as number) + (rows[row * width + d] as number);
        });
      });
    },
    directions() {
      const out = Float32Array.from(sums, (sum, i) => {
        const [feature, d] = [Math.floor(i / width), i % width];
        return sum / Math.max(1, counts[feature] as number) - (all[d] as number) / samples;
      });
      normaliseRows(out, width);
      return out;
    },
  };
}
