import { expect } from "vitest";
import { bestMatches, groundTruthRecovery, meanInnerProduct, oneToOne, uniqueness } from "../../src/index.js";

/** metrics.json: a similarity matrix, learned by true, and keys such as MGT95. */
export interface MetricsVector {
  readonly S: number[][];
  readonly best?: number[];
  readonly MIP?: number;
  readonly hungarian_rows?: number[];
  readonly hungarian_cols?: number[];
  readonly mcc?: number;
  readonly uniqueness?: number;
  readonly [key: string]: unknown;
}

/** Checks every key that the file has; 12 digits, since only sums of a few numbers are involved. */
export function checkMetrics(vector: MetricsVector): void {
  const rows = vector.S.length;
  const columns = vector.S[0]?.length ?? 0;
  const matrix = { values: Float64Array.from(vector.S.flat()), rows, columns };
  const { best, featureOf } = bestMatches(matrix);
  const all = Array.from({ length: columns }, (_, feature) => feature);
  const mcc = oneToOne(matrix).mean;
  if (vector.best !== undefined) expect([...best]).toEqual(vector.best);
  if (vector.MIP !== undefined) expect(meanInnerProduct(best, all)).toBeCloseTo(vector.MIP, 12);
  for (const [key, value] of Object.entries(vector)) {
    const digits = /^MGT(\d+)$/.exec(key)?.[1];
    if (digits === undefined) continue;
    const tau = Number(digits) / 10 ** digits.length;
    expect(groundTruthRecovery(best, tau, all)).toBeCloseTo(value as number, 12);
  }
  if (vector.mcc !== undefined) expect(mcc).toBeCloseTo(vector.mcc, 12);
  if (vector.uniqueness !== undefined) expect(uniqueness(featureOf)).toBeCloseTo(vector.uniqueness, 12);
  const { hungarian_rows: matched, hungarian_cols: to } = vector;
  if (matched !== undefined && to !== undefined) {
    // Equal sums and not equal pairs: with ties several matchings are best.
    const sum = matched.reduce((total, row, at) => total + (vector.S[row]?.[to[at] as number] as number), 0);
    expect(matched.length).toBe(Math.min(rows, columns));
    expect(mcc * matched.length).toBeCloseTo(sum, 12);
  }
}
