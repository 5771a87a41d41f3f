import { leastSquares, type Mat, normaliseRows, zeros } from "@monosema/numerics";

/** Sums over labelled samples, one label per feature and several labels per sample. */
export interface LabelSums {
  /** Adds samples `[B, width]` and the labels of each, by their number. */
  readonly add: (rows: Float32Array | Float64Array, labels: readonly (readonly number[])[]) => void;
  /** Means of the samples of each label about the mean of all, unit rows `[K, width]`. */
  readonly means: () => Float32Array;
  /**
   * Least-squares directions of all labels together, unit rows `[K, width]`: what a sample gains by a label while its others stay. Where
   * labels come together, as a child's with its parent's, a mean holds both; these do not.
   */
  readonly regression: () => Float32Array;
}

/** Part of a label's variance that is added to it, so that labels which always come together stay solvable. */
const RIDGE = 1e-6;

/** Starts the sums of K labels. */
export function labelSums(count: number, width: number): LabelSums {
  const sums = new Float64Array(count * width);
  const all = new Float64Array(width);
  const together = zeros(count, count);
  let samples = 0;
  const counted = (label: number): number => together.data[label * count + label] as number;
  return {
    add(rows, labels) {
      labels.forEach((own, row) => {
        samples += 1;
        for (let d = 0; d < width; d++) all[d] = (all[d] as number) + (rows[row * width + d] as number);
        for (const a of own) {
          for (const b of own) together.data[a * count + b] = (together.data[a * count + b] as number) + 1;
          for (let d = 0; d < width; d++)
            sums[a * width + d] = (sums[a * width + d] as number) + (rows[row * width + d] as number);
        }
      });
    },
    means: () =>
      unit(
        sums.map((sum, i) => sum / Math.max(1, counted(Math.floor(i / width))) - (all[i % width] as number) / samples),
        width,
      ),
    regression() {
      const covariance: Mat = zeros(count, count);
      const cross: Mat = zeros(count, width);
      for (let a = 0; a < count; a++) {
        for (let b = 0; b < count; b++) {
          const product = (counted(a) * counted(b)) / samples;
          covariance.data[a * count + b] = (together.data[a * count + b] as number) - product;
        }
        covariance.data[a * count + a] = (covariance.data[a * count + a] as number) * (1 + RIDGE) + RIDGE;
        for (let d = 0; d < width; d++)
          cross.data[a * width + d] = (sums[a * width + d] as number) - (counted(a) * (all[d] as number)) / samples;
      }
      return unit(leastSquares(covariance, cross).x.data, width);
    },
  };
}

function unit(rows: Float64Array, width: number): Float32Array {
  const values = Float64Array.from(rows);
  normaliseRows(values, width);
  return Float32Array.from(values);
}
