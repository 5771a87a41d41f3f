import {
  dot,
  fastNonNegativeLeastSquares,
  gram,
  gramFactor,
  type Mat,
  nonNegativeLeastSquares,
  norm,
  row,
  takeRows,
  transpose,
  zeros,
} from "@monosema/numerics";
import type { FrozenDecoder } from "./frozenDecoder.js";
import type { SampleCode } from "./inferredCodes.js";

/** The best non-negative code on a support that grows. */
export interface GrowingFit extends SampleCode {
  /**
   * Takes a latent in and fits all coefficients anew; those that would be negative leave. False, and nothing changed, where the latent
   * explains nothing of the residual.
   */
  add(latent: number): boolean;
}

/** Inner product with the residual, relative to the norm of the target, that counts as 0: float32 tells no less apart. */
export const NEGLIGIBLE = 1e-6;

/**
 * Starts from the empty support. The Cholesky factor of the Gram matrix grows by a row for each latent: O(R + n^2) for the n-th.
 *
 * @param target - `[R]`
 * @param most - latents at once
 */
export function growingFit(decoder: FrozenDecoder, target: Float64Array, most: number): GrowingFit {
  const { unit } = decoder;
  const products = zeros(most, most);
  const along = new Float64Array(most);
  const least = NEGLIGIBLE * norm(target);
  let factor = gramFactor(products);
  let code: SampleCode = { latents: [], values: new Float64Array(0), residual: target.slice() };

  const fitted = (latents: readonly number[]): SampleCode | undefined => {
    if (!factor.update(Array.from(latents.keys()))) return undefined;
    const values = factor.solve(along);
    if (values.every((value) => value > 0)) {
      return { latents, values, residual: decoder.residual(target, latents, values) };
    }
    const { x, converged } = fastNonNegativeLeastSquares(
      leading(products, latents.length),
      along.slice(0, latents.length),
    );
    if (!converged) return undefined;
    const kept = Array.from(latents.keys()).filter((at) => (x[at] as number) > 0);
    kept.forEach((from, to) => {
      along[to] = along[from] as number;
      kept.forEach((other, at) => {
        products.data[to * most + at] = products.data[from * most + other] as number;
      });
    });
    factor = gramFactor(products);
    const stay = kept.map((at) => latents[at] as number);
    const positive = x.filter((value) => value > 0);
    return { latents: stay, values: positive, residual: decoder.residual(target, stay, positive) };
  };

  return {
    get latents() {
      return code.latents;
    },
    get values() {
      return code.values;
    },
    get residual() {
      return code.residual;
    },
    add(latent) {
      const direction = row(unit, latent);
      const at = code.latents.length;
      if (code.latents.includes(latent) || !(dot(code.residual, direction) > least)) return false;
      [...code.latents, latent].forEach((other, i) => {
        const product = dot(direction, row(unit, other));
        products.data[at * most + i] = product;
        products.data[i * most + at] = product;
      });
      along[at] = dot(direction, target);
      const next = fitted([...code.latents, latent]);
      code = next ?? code;
      return next !== undefined;
    },
  };
}

/** The best non-negative code on a support; latents whose coefficient is 0 leave it. */
export function supportFit(decoder: FrozenDecoder, target: Float64Array, support: readonly number[]): SampleCode {
  const rows = takeRows(decoder.unit, support);
  const along = Float64Array.from(support, (_, at) => dot(row(rows, at), target));
  const fast = fastNonNegativeLeastSquares(gram(rows), along);
  const { x } = fast.converged ? fast : nonNegativeLeastSquares(transpose(rows), target);
  const latents = support.filter((_, at) => (x[at] as number) > 0);
  const values = x.filter((value) => value > 0);
  return { latents, values, residual: decoder.residual(target, latents, values) };
}

/** The first rows and columns. */
function leading({ cols, data }: Mat, size: number): Mat {
  const part = zeros(size, size);
  for (let i = 0; i < size; i++) part.data.set(data.subarray(i * cols, i * cols + size), i * size);
  return part;
}
