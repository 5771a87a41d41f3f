/** Scores of one detector, in no order: the samples that are not listed score 0, which is never a detection. */
export interface Detector {
  /** Samples that it scores. */
  readonly samples: ArrayLike<number>;
  /** Their scores. */
  readonly values: ArrayLike<number>;
}

/** A threshold and what it gives. */
export interface Threshold {
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** A sample is detected where its score is at least this. */
  readonly threshold: number;
}

/** Samples of a detector in the order of falling scores: made once, used for every class. */
export interface RankedDetector {
  /** Samples. */
  readonly samples: Int32Array;
  /** Their scores, falling. */
  readonly values: Float64Array;
}

/** Sorts a detector; of several with equal scores the first sample comes first. */
export function ranked({ samples, values }: Detector): RankedDetector {
  const order = Array.from({ length: samples.length }, (_, i) => i).sort(
    (a, b) => (values[b] as number) - (values[a] as number) || (samples[a] as number) - (samples[b] as number),
  );
  return {
    samples: Int32Array.from(order, (i) => samples[i] as number),
    values: Float64Array.from(order, (i) => values[i] as number),
  };
}

/**
 * The threshold of the largest F1. Samples of equal scores are detected together.
 *
 * @param positive - 1 for the samples of the class `[N]`
 * @param count - how many they are
 */
export function bestThreshold({ samples, values }: RankedDetector, positive: Uint8Array, count: number): Threshold {
  let hits = 0;
  let best: Threshold = { f1: 0, threshold: Number.POSITIVE_INFINITY };
  for (let i = 0; i < samples.length; i++) {
    hits += positive[samples[i] as number] as number;
    if (values[i + 1] === values[i]) continue;
    const f1 = (2 * hits) / (i + 1 + count);
    if (f1 > best.f1) best = { f1, threshold: values[i] as number };
  }
  return best;
}

/** F1 of a detector at a threshold; 0 where it detects nothing of the class. */
export function f1At({ samples, values }: Detector, threshold: number, positive: Uint8Array, count: number): number {
  let [detected, hits] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    if ((values[i] as number) < threshold) continue;
    detected += 1;
    hits += positive[samples[i] as number] as number;
  }
  return (2 * hits) / (detected + count || 1);
}

/**
 * Probability that a sample of the class scores above another one, ties counted half (area under the ROC curve).
 *
 * @param scores - of all samples `[N]`
 * @param positive - 1 for the samples of the class `[N]`, some and not all
 */
export function auroc(scores: ArrayLike<number>, positive: Uint8Array): number {
  const samples = Array.from({ length: scores.length }, (_, i) => i);
  return rankedAuroc(ranked({ samples, values: scores }), positive);
}

/**
 * The same of a detector, whose samples that are not listed score 0: the work grows with the listed ones.
 *
 * @param positive - as for {@link auroc}
 */
export function rankedAuroc({ samples, values }: RankedDetector, positive: Uint8Array): number {
  const count = positive.reduce((sum, one) => sum + one, 0);
  const others = positive.length - count;
  const listed = samples.reduce((sum, sample) => sum + (positive[sample] as number), 0);
  let [above, pairs, isSilentCounted] = [0, 0, false];
  for (let start = 0; start < samples.length || !isSilentCounted; ) {
    const value = values[start] ?? Number.NEGATIVE_INFINITY;
    const isSilentNext = !isSilentCounted && value <= 0;
    let end = start;
    let hits = 0;
    if (!(isSilentNext && value < 0))
      for (; end < samples.length && values[end] === value; end++) hits += positive[samples[end] as number] as number;
    let misses = end - start - hits;
    if (isSilentNext) {
      hits += count - listed;
      misses += others - (samples.length - listed);
      isSilentCounted = true;
    }
    pairs += misses * (above + hits / 2);
    above += hits;
    start = end;
  }
  return pairs / (count * others);
}
