import { EigenvalueDecomposition } from "ml-matrix";
import { type Mat, zeros } from "../matrices/mat.js";
import { toMatrix } from "./toMatrix.js";

/** A = V diag(values) V^T of a symmetric matrix. */
export interface SymmetricEigen {
  /** Eigenvalues, descending, `[n]`. */
  readonly values: Float64Array;
  /** Orthonormal eigenvectors in columns, in the same order, `[n, n]`. */
  readonly vectors: Mat;
}

/** Eigenvalues and vectors of a symmetric matrix (tridiagonal QL, of ml-matrix); about 3.5 s at n = 768. */
export function symmetricEigen(mat: Mat): SymmetricEigen {
  const n = mat.rows;
  const vectors = zeros(n, n);
  if (n === 0) return { values: new Float64Array(0), vectors };
  const found = new EigenvalueDecomposition(toMatrix(mat), { assumeSymmetric: true });
  const ascending = found.realEigenvalues;
  const basis = found.eigenvectorMatrix;
  const order = ascending.map((_, k) => k).sort((a, b) => (ascending[b] as number) - (ascending[a] as number));
  order.forEach((from, to) => {
    for (let i = 0; i < n; i++) vectors.data[i * n + to] = basis.get(i, from);
  });
  return { values: Float64Array.from(order, (k) => ascending[k] as number), vectors };
}
