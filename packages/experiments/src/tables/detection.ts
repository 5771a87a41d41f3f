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
  readonly samples: Int32Array;
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
  const order = Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  const count = positive.reduce((sum, one) => sum + one, 0);
  let ranks = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end] as number] === scores[order[start] as number]) end++;
    const rank = (start + end + 1) / 2; // the mean of start + 1 to end
    for (let i = start; i < end; i++) ranks += rank * (positive[order[i] as number] as number);
    start = end;
  }
  return (ranks - (count * (count + 1)) / 2) / (count * (scores.length - count));
}
