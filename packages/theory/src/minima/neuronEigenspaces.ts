import {
  gram,
  type Mat,
  multiply,
  rankOf,
  rankTolerance,
  row,
  svd,
  symmetricEigen,
  takeRows,
  zeros,
} from "@monosema/numerics";
import { nullSpace } from "../solutions/nullSpace.js";

/** Relative gap of eigenvalues, to the trace, below which they count as one. */
const CLUSTER = 1e-9;

/** Encoder rows that are stationary for the features of one latent, with one eigenvalue. */
export interface Eigenspace {
  /** lambda: the energy that the latent explains. */
  readonly value: number;
  /** Dimension of the eigenspace. */
  readonly multiplicity: number;
  /** Whether no eigenvalue is larger. */
  readonly leading: boolean;
  /** Orthonormal basis of the encoder rows, a row each; those beyond `multiplicity` have y = 0. `[any, nP]`. */
  readonly basis: Mat;
}

/** The stationarity condition of one latent, solved. */
export interface NeuronEigenspaces {
  /** Eigenvalues of the compression, descending. */
  readonly eigenvalues: Float64Array;
  /** sum_d M_d ||w_r^d||^2 over its features. */
  readonly trace: number;
  /** By eigenvalue, descending; all encoder rows where the features have no weight. */
  readonly spaces: readonly Eigenspace[];
}

/**
 * All encoder rows that are stationary for a latent that fires on given features alone: y = B^T w must be an eigenvector of
 * K = A^T A compressed to the range of B^T, with B = W_{p,F} D^{1/2}, A = W_{r,F} D^{1/2}, D = diag(M_d).
 */
export function neuronEigenspaces(
  { featuresP, featuresR, weights }: { featuresP: Mat; featuresR: Mat; weights: ArrayLike<number> },
  features: readonly number[],
): NeuronEigenspaces {
  const roots = features.map((d) => Math.sqrt(weights[d] as number));
  const bT = scaledRows(takeRows(featuresP, features), roots); // [F, nP]
  const k = gram(scaledRows(takeRows(featuresR, features), roots)); // [F, F]
  const trace = features.reduce((sum, _, a) => sum + (k.data[a * k.cols + a] as number), 0);
  const { u, s, v } = svd(bT);
  const { rank } = rankOf(s, rankTolerance(bT));
  const range = leftColumns(u, rank); // [F, rank]
  const { values, vectors } = symmetricEigen(multiply(multiply(range, k, { transposeA: true }), range));
  const free = nullSpace(bT, rank); // [nP - rank, nP]
  if (rank === 0)
    return { eigenvalues: values, trace, spaces: [{ value: 0, multiplicity: 0, leading: true, basis: free }] };

  const spaces: Eigenspace[] = [];
  for (let from = 0; from < rank; ) {
    let to = from + 1;
    while (to < rank && (values[to - 1] as number) - (values[to] as number) <= CLUSTER * trace) to++;
    // w = (B^T)^+ y = V S^-1 c for y = U c.
    const rows = zeros(to - from, featuresP.cols);
    for (let at = from; at < to; at++) {
      const w = row(rows, at - from);
      for (let j = 0; j < rank; j++) {
        const factor = (vectors.data[j * rank + at] as number) / (s[j] as number);
        for (let p = 0; p < w.length; p++) w[p] = (w[p] as number) + factor * (v.data[p * v.cols + j] as number);
      }
    }
    spaces.push({
      value: values[from] as number,
      multiplicity: to - from,
      leading: from === 0,
      basis: stacked(orthonormal(rows), free),
    });
    from = to;
  }
  return { eigenvalues: values, trace, spaces };
}

function scaledRows(mat: Mat, factors: readonly number[]): Mat {
  return { ...mat, data: mat.data.map((value, at) => value * (factors[Math.floor(at / mat.cols)] as number)) };
}

function leftColumns({ rows, cols, data }: Mat, count: number): Mat {
  const result = zeros(rows, count);
  for (let i = 0; i < rows; i++) result.data.set(data.subarray(i * cols, i * cols + count), i * count);
  return result;
}

/** An orthonormal basis of the span of independent rows. */
function orthonormal(rows: Mat): Mat {
  const { v } = svd(rows);
  const basis = zeros(rows.rows, rows.cols);
  for (let k = 0; k < rows.rows; k++) {
    for (let p = 0; p < rows.cols; p++) basis.data[k * rows.cols + p] = v.data[p * v.cols + k] as number;
  }
  return basis;
}

function stacked(top: Mat, bottom: Mat): Mat {
  const result = zeros(top.rows + bottom.rows, top.cols);
  result.data.set(top.data);
  result.data.set(bottom.data, top.data.length);
  return result;
}
