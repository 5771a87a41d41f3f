import { gatherRows } from "@monosema/numerics";
import { random } from "@monosema/tensor";
import type { LabelledData, LabelledSamples } from "./labelledData.js";

/** Samples to learn from, and samples of the same classes that are kept out of everything but the scores. */
export interface LabelledSplit {
  /** P. */
  readonly columns: number;
  /** Names of the classes with enough samples on both sides, ascending. */
  readonly classes: readonly string[];
  /** To learn from, those without a class too. */
  readonly train: LabelledSamples;
  /** To score. */
  readonly test: LabelledSamples;
}

/** Samples of a class that a mean is taken over, at least. */
const LEAST = 2;
/** Share of each class that is held out, where no test samples are given. */
const HELD_OUT = 0.25;

/**
 * The caller's test samples, or a quarter of every class drawn by the seed.
 *
 * @throws RangeError where no class has enough samples on both sides
 */
export function labelledSplit({ input, columns, labels, test }: LabelledData, seed: number): LabelledSplit {
  const all: LabelledSamples = { input, labels };
  const parts = test ? { train: all, test } : drawn(all, columns, seed);
  const counts = [parts.train, parts.test].map((part) => countsOf(part.labels));
  const classes = [...(counts[0] as Map<string, number>).keys()]
    .filter((name) => counts.every((count) => (count.get(name) ?? 0) >= LEAST))
    .sort();
  if (classes.length === 0) {
    throw new RangeError(
      `labelledSplit: a class must have at least ${LEAST} samples to learn from and ${LEAST} held out, got none of ${counts[0]?.size} classes; label more samples`,
    );
  }
  return { columns, classes, ...parts };
}

function drawn(all: LabelledSamples, columns: number, seed: number): Pick<LabelledSplit, "train" | "test"> {
  const held = new Set<number>();
  const byClass = new Map<string, number[]>();
  const order = random(seed, "heldOut").permutation(all.labels.length);
  for (const sample of order) {
    const name = all.labels[sample];
    if (name != null) byClass.set(name, [...(byClass.get(name) ?? []), sample]);
  }
  for (const samples of byClass.values())
    for (const sample of samples.slice(0, Math.round(HELD_OUT * samples.length))) held.add(sample);
  const indices = all.labels.map((_, sample) => sample);
  return {
    train: chosen(
      all,
      columns,
      indices.filter((sample) => !held.has(sample)),
    ),
    test: chosen(
      all,
      columns,
      indices.filter((sample) => held.has(sample)),
    ),
  };
}

function chosen({ input, labels }: LabelledSamples, columns: number, samples: readonly number[]): LabelledSamples {
  return {
    input: gatherRows(input, columns, samples),
    labels: samples.map((sample) => labels[sample] as string | null),
  };
}

function countsOf(labels: readonly (string | null)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
