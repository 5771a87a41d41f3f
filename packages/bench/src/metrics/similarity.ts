import type { Backend } from "@monosema/tensor";

/** Rows of directions. */
export interface Rows {
  /** `[count, width]` row-major. */
  readonly values: ArrayLike<number>;
  /** Number of rows. */
  readonly count: number;
}

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
const NEGLIGIBLE = 1e-6;

/**
 * Signed cosines of learned and true rows, by the backend's matrix product in blocks of rows. Learned rows with at most 1e-6 of the
 * largest norm have cosine 0 (weight decay shrinks unused rows to nothing).
 *
 * @param learned - `[Q, width]`
 * @param truth - `[N, width]`
 * @throws RangeError where sizes do not fit
 */
export async function similarity(backend: Backend, learned: Rows, truth: Rows, width: number): Promise<Similarity> {
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
  const norms = rowNorms(learned, width);
  const threshold = NEGLIGIBLE * norms.reduce((largest, norm) => Math.max(largest, norm), 0);
  const truthTensor = backend.tensor(unitRows(truth, width, rowNorms(truth, width), 0, truth.count, 0), [
    truth.count,
    width,
  ]);
  const size = learned.count * truth.count;
  const cosine = backend.precision === "float64" ? new Float64Array(size) : new Float32Array(size);
  try {
    for (let start = 0; start < learned.count; start += BLOCK) {
      const count = Math.min(BLOCK, learned.count - start);
      const rows = unitRows(learned, width, norms, start, count, threshold);
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

function rowNorms({ values, count }: Rows, width: number): Float64Array {
  const norms = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let square = 0;
    for (let k = row * width; k < (row + 1) * width; k++) square += (values[k] as number) * (values[k] as number);
    norms[row] = Math.sqrt(square);
  }
  return norms;
}

/** Rows `start` to `start + count - 1` at unit length; zeros where the norm is at most `threshold`. */
function unitRows(
  { values }: Rows,
  width: number,
  norms: Float64Array,
  start: number,
  count: number,
  threshold: number,
): Float64Array {
  const result = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    const norm = norms[start + row] as number;
    if (!(norm > threshold)) continue;
    const from = (start + row) * width;
    for (let k = 0; k < width; k++) result[row * width + k] = (values[from + k] as number) / norm;
  }
  return result;
}
