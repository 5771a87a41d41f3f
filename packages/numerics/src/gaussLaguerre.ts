import { symmetricEigen } from "./decompositions/symmetricEigen.js";
import { zeros } from "./matrices/mat.js";

/** Nodes and weights of a quadrature. */
export interface Quadrature {
  /** Nodes, ascending. */
  readonly nodes: Float64Array;
  /** Weights, of sum 1. */
  readonly weights: Float64Array;
}

/**
 * Gauss-Laguerre quadrature: the integral of f(t) e^-t over t >= 0, exact for polynomials of degree 2 count - 1 (Golub & Welsch
 * 1969).
 *
 * @param count - number of nodes
 */
export function gaussLaguerre(count: number): Quadrature {
  const jacobi = zeros(count, count);
  for (let k = 0; k < count; k++) {
    jacobi.data[k * count + k] = 2 * k + 1;
    if (k > 0) {
      jacobi.data[k * count + k - 1] = k;
      jacobi.data[(k - 1) * count + k] = k;
    }
  }
  const { values, vectors } = symmetricEigen(jacobi);
  return {
    nodes: values.toReversed(),
    weights: vectors.data
      .slice(0, count)
      .toReversed()
      .map((value) => value * value),
  };
}
