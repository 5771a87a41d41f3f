import { normaliseRows } from "@monosema/numerics";
import type { Backend } from "@monosema/tensor";
import { type Directions, unitDirections } from "./unitDirections.js";

/** Inner products and norms of learned rows with true ones. */
export interface Similarity {
  /** Learned rows, Q. */
  readonly rows: number;
  /** True rows, N. */
  readonly columns: number;
  /** Signed cosines `[Q, N]` row-major; 0 for rows with at most 1e-6 of the largest norm. */
  readonly cosine: Float32Array | Float64Array;
  /** Norm of each learned row `[Q]`. */
  readonly norms: Float64Array;
}

const BLOCK = 2048;

/**
 * Signed cosines of learned and true rows, by the backend's matrix product in blocks of rows. Learned rows with at most 1e-6 of the
 * largest norm have cosine 0 (weight decay shrinks unused rows to nothing).
 *
 * @param learned - `[Q, width]`
 * @param truth - `[N, width]`
 * @throws RangeError where sizes do not fit
 */
export async function similarity(
  backend: Backend,
  learned: Directions,
  truth: Directions,
  width: number,
): Promise<Similarity> {
  for (const [name, { values, count }] of [
    ["learned", learned],
    ["truth", truth],
  ] as const) {
    if (values.length !== count * width) {
      throw new RangeError(
        `similarity: ${name} must have ${count} x ${width} numbers, got ${values.length}; pass one direction per row`,
      );
    }
  }
  const { unit, norms } = unitDirections(learned, width);
  const unitTruth = Float64Array.from(truth.values);
  normaliseRows(unitTruth, width);
  const truthTensor = backend.tensor(unitTruth, [truth.count, width]);
  const size = learned.count * truth.count;
  const cosine = backend.precision === "float64" ? new Float64Array(size) : new Float32Array(size);
  try {
    for (let start = 0; start < learned.count; start += BLOCK) {
      const count = Math.min(BLOCK, learned.count - start);
      const rows = unit.subarray(start * width, (start + count) * width);
      const product = backend.scope(() =>
        backend.matMul(backend.tensor(rows, [count, width]), truthTensor, { transposeB: true }),
      );
      cosine.set(await backend.read(product), start * truth.count);
      backend.dispose(product);
    }
  } finally {
    backend.dispose(truthTensor);
  }
  return { rows: learned.count, columns: truth.count, cosine, norms };
}
