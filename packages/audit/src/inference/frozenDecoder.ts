import { addScaled, checkMatrix, type Mat, row, unitRows } from "@monosema/numerics";
import type { Backend } from "@monosema/tensor";

/** A decoder on a backend, ready for the search of codes. */
export interface FrozenDecoder {
  /** Its rows at unit norm, `[Q, R]`; rows of zeros stay, and are never found. */
  readonly unit: Mat;
  /** Norms before, `[Q]`. */
  readonly norms: Float64Array;
  /**
   * The latents whose unit rows have the largest positive inner products with each residual, largest first, in the precision of the
   * backend.
   *
   * @param residuals - each `[R]`
   * @param count - latents of each at most
   */
  readonly closest: (residuals: readonly Float64Array[], count: number) => Promise<readonly (readonly number[])[]>;
  /** What codes leave of a target, `[R]`. */
  readonly residual: (target: Float64Array, latents: readonly number[], values: ArrayLike<number>) => Float64Array;
  /** Frees the tensor on the backend. */
  readonly dispose: () => void;
}

/**
 * Puts a decoder on a backend.
 *
 * @param decoder - `[Q, R]`
 * @throws RangeError where a number is not finite or there is no row
 */
export function frozenDecoder(caller: string, backend: Backend, decoder: Mat): FrozenDecoder {
  checkMatrix(caller, "decoder", decoder);
  const { unit, norms } = unitRows(decoder);
  const { rows: nQ, cols: nR } = unit;
  const tensor = backend.tensor(unit.data, [nQ, nR]);
  return {
    unit,
    norms,
    closest: async (residuals, count) => {
      const stacked = new Float32Array(residuals.length * nR);
      residuals.forEach((residual, b) => {
        stacked.set(residual, b * nR);
      });
      const k = Math.min(count, nQ);
      const { codes } = backend.scope(() =>
        backend.select(backend.tensor(stacked, [residuals.length, nR]), tensor, { kind: "topK", k }),
      );
      const { offsets, latents, values } = await backend.readEntries(codes.pre);
      backend.dispose(codes);
      return residuals.map((_, b) => {
        const own = Array.from(
          { length: (offsets[b + 1] as number) - (offsets[b] as number) },
          (_, i) => (offsets[b] as number) + i,
        );
        return own.sort((i, j) => (values[j] as number) - (values[i] as number)).map((at) => latents[at] as number);
      });
    },
    residual: (target, latents, values) => {
      const rest = target.slice();
      latents.forEach((latent, at) => {
        addScaled(rest, row(unit, latent), -(values[at] as number));
      });
      return rest;
    },
    dispose: () => backend.dispose(tensor),
  };
}
