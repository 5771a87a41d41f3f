import { gatherRows, normaliseRows } from "@monosema/numerics";
import { columnMeans, lessMean } from "@monosema/sdl";
import { type Backend, random } from "@monosema/tensor";
import type { AnchorSet } from "./anchors.js";

/** Options of {@link clusterMeanAnchors}. */
export interface ClusterMeanOptions {
  /** Clusters to find. Default 2 sqrt(N), rounded. */
  readonly clusters?: number;
  /** Unit directions `[F, P]` that take part and stay as they are, such as class means that are known; the result leaves them out. */
  readonly fixed?: Float32Array | Float64Array;
  /** Passes over the samples. Default 25. */
  readonly passes?: number;
  /** Seed of the first centres. Default 0. */
  readonly seed?: number;
}

/**
 * Anchors without labels: directions of the cluster means of the samples about their mean, by spherical k-means (Dhillon & Modha
 * 2001). What {@link classMeanAnchors} is with labels, for data whose classes are clusters; a centre without samples moves to the sample
 * that fits its own centre worst. Cost O(N clusters P) a pass.
 *
 * @param input - samples `[N, P]`
 * @param columns - P
 * @throws RangeError where sizes do not fit or there are fewer samples than clusters
 */
export async function clusterMeanAnchors(
  backend: Backend,
  input: Float32Array,
  columns: number,
  options: ClusterMeanOptions = {},
): Promise<AnchorSet> {
  const rows = input.length / columns;
  const { clusters = Math.round(2 * Math.sqrt(rows)), fixed = new Float32Array(), passes = 25, seed = 0 } = options;
  if (!Number.isInteger(rows) || !Number.isInteger(fixed.length / columns)) {
    throw new RangeError(
      `clusterMeanAnchors: samples and fixed directions must have ${columns} columns, got ${input.length} and ${fixed.length} numbers; pass whole rows`,
    );
  }
  if (!(Number.isInteger(clusters) && clusters >= 1 && clusters <= rows)) {
    throw new RangeError(
      `clusterMeanAnchors: clusters must be a whole number from 1 to the ${rows} samples, got ${clusters}; change it`,
    );
  }
  const unit = unitAboutMean(input, columns);
  const held = fixed.length / columns;
  const centres = new Float32Array(fixed.length + clusters * columns);
  centres.set(fixed);
  const starts = random(seed, "clusters").permutation(rows).slice(0, clusters);
  centres.set(gatherRows(unit, columns, starts), fixed.length);
  const samples = backend.tensor(unit, [rows, columns]);
  try {
    for (let pass = 0; pass < passes; pass++) {
      const nearest = await nearestCentres(backend, samples, centres, rows, columns);
      if (!moveCentres(centres, unit, nearest, held, columns)) break;
    }
  } finally {
    backend.dispose(samples);
  }
  const means = centres.slice(fixed.length);
  return { kind: "discovered", count: clusters, input: means, target: means };
}

/** Samples about their mean, as unit rows. */
function unitAboutMean(input: Float32Array, columns: number): Float32Array {
  const unit = lessMean(input, columnMeans(input, columns));
  normaliseRows(unit, columns);
  return unit;
}

/** Centre of the largest cosine with each sample, and that cosine. */
interface Nearest {
  readonly centre: Int32Array;
  readonly cosine: Float32Array;
}

async function nearestCentres(
  backend: Backend,
  samples: ReturnType<Backend["tensor"]>,
  centres: Float32Array,
  rows: number,
  columns: number,
): Promise<Nearest> {
  const count = centres.length / columns;
  const products = backend.scope(() =>
    backend.matMul(samples, backend.tensor(centres, [count, columns]), { transposeB: true }),
  );
  const values = await backend.read(products);
  backend.dispose(products);
  const nearest = { centre: new Int32Array(rows), cosine: new Float32Array(rows).fill(Number.NEGATIVE_INFINITY) };
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < count; c++) {
      const value = values[row * count + c] as number;
      if (value <= (nearest.cosine[row] as number)) continue;
      nearest.cosine[row] = value;
      nearest.centre[row] = c;
    }
  }
  return nearest;
}

/** Moves every centre but the first `held` to the mean of its samples; false where none moves by more than rounding. */
function moveCentres(
  centres: Float32Array,
  unit: Float32Array,
  { centre, cosine }: Nearest,
  held: number,
  columns: number,
): boolean {
  const count = centres.length / columns;
  const sums = new Float64Array(centres.length);
  const sizes = new Int32Array(count);
  centre.forEach((c, row) => {
    sizes[c] = (sizes[c] as number) + 1;
    for (let d = 0; d < columns; d++)
      sums[c * columns + d] = (sums[c * columns + d] as number) + (unit[row * columns + d] as number);
  });
  const worst = Array.from(cosine.keys()).sort((a, b) => (cosine[a] as number) - (cosine[b] as number));
  let spare = 0;
  for (let c = held; c < count; c++) {
    if (sizes[c] !== 0) continue;
    const sample = worst[spare++] as number;
    sums.set(unit.subarray(sample * columns, (sample + 1) * columns), c * columns);
  }
  normaliseRows(sums, columns);
  let moved = false;
  for (let i = held * columns; i < centres.length; i++) {
    if (Math.abs((sums[i] as number) - (centres[i] as number)) > 1e-5) moved = true;
    centres[i] = sums[i] as number;
  }
  return moved;
}
