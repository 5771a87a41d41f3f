import type { AnchorSet } from "./anchors.js";

/** Options of {@link classMeanAnchors}. */
export interface ClassMeanOptions {
  /** Subtract the mean of all samples first, also those without a label; raw class means share a large common part. Default true. */
  readonly center?: boolean;
  /** Samples that a class must have at least. Default 2. */
  readonly minimum?: number;
}

/** Anchors from class means, with the class of each row. */
export interface ClassMeanAnchors extends AnchorSet {
  /** Class names, row by row. */
  readonly classes: readonly string[];
  /** Samples of each class. */
  readonly samples: readonly number[];
}

/**
 * Anchors (mean_c - mean) / ||mean_c - mean|| from labelled samples (paper eq. 23-24), about the mean of all: that of the labelled ones
 * alone leans towards their classes. Centred anchors need a model with b_dec, or centred data.
 *
 * @param input - samples `[N, P]`
 * @param labels - class of each sample; null leaves a sample out
 * @param target - targets `[N, R]` of a transcoder
 * @throws RangeError when lengths differ, a class has too few samples, or its mean equals the common mean
 */
export function classMeanAnchors(
  input: Float32Array,
  labels: readonly (string | null)[],
  { center = true, minimum = 2 }: ClassMeanOptions = {},
  target?: Float32Array,
): ClassMeanAnchors {
  const n = labels.length;
  if (n === 0 || input.length % n !== 0) {
    throw new RangeError(
      `classMeanAnchors: needs one label per sample, got ${n} labels for ${input.length} numbers; give null for none`,
    );
  }
  if (target !== undefined && (target.length === 0 || target.length % n !== 0)) {
    throw new RangeError(
      `classMeanAnchors: target must hold one row per sample, got ${target.length} numbers for ${n} samples; pair them`,
    );
  }
  const counts = new Map<string, number>();
  for (const label of labels) if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  const classes = [...counts.keys()].sort();
  if (classes.length === 0)
    throw new RangeError(`classMeanAnchors: needs a labelled sample, got ${n} without label; label some`);
  for (const name of classes) {
    if ((counts.get(name) as number) < minimum) {
      throw new RangeError(
        `classMeanAnchors: class ${name} must have at least ${minimum} samples, got ${counts.get(name)}; label it null or lower the minimum`,
      );
    }
  }
  const means = unitMeans(input, labels, classes, counts, center);
  return {
    kind: "classMeans",
    count: classes.length,
    input: means,
    target: target === undefined ? means : unitMeans(target, labels, classes, counts, center),
    classes,
    samples: classes.map((name) => counts.get(name) as number),
  };
}

function unitMeans(
  rows: Float32Array,
  labels: readonly (string | null)[],
  classes: readonly string[],
  counts: ReadonlyMap<string, number>,
  center: boolean,
): Float32Array {
  const width = rows.length / labels.length;
  const index = new Map(classes.map((name, i) => [name, i]));
  const sums = new Float64Array(classes.length * width);
  const all = new Float64Array(width);
  labels.forEach((label, sample) => {
    const start = label === null ? undefined : (index.get(label) as number) * width;
    for (let d = 0; d < width; d++) {
      const value = rows[sample * width + d] as number;
      if (start !== undefined) sums[start + d] = (sums[start + d] as number) + value;
      all[d] = (all[d] as number) + value;
    }
  });
  const out = new Float32Array(sums.length);
  classes.forEach((name, c) => {
    const count = counts.get(name) as number;
    const mean = Float64Array.from({ length: width }, (_, d) => {
      const own = (sums[c * width + d] as number) / count;
      return center ? own - (all[d] as number) / labels.length : own;
    });
    const norm = Math.sqrt(mean.reduce((sum, v) => sum + v * v, 0));
    const common = Math.hypot(...all) / labels.length;
    if (!(norm > (center ? 1e-7 * common : 0)))
      // nearer than float32's rounding of the samples
      throw new RangeError(
        `classMeanAnchors: class ${name} must differ from the common mean, got the same; leave it out`,
      );
    out.set(
      mean.map((v) => v / norm),
      c * width,
    );
  });
  return out;
}
