import { gram, type Mat, multiply, symmetricEigen } from "@monosema/numerics";

/** ||A||_2, from the smaller Gram matrix. */
export function spectralNorm(a: Mat): number {
  if (a.rows === 0 || a.cols === 0) return 0;
  const { values } = symmetricEigen(a.rows <= a.cols ? gram(a) : multiply(a, a, { transposeA: true }));
  return Math.sqrt(Math.max(0, values[0] as number));
}
