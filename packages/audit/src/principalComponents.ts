import { addScaled, dot, type Mat, matFrom, multiply, norm, row, symmetricEigen } from "@monosema/numerics";
import { columnMeans, lessMean } from "@monosema/sdl";
import { type Backend, random, type Tensor } from "@monosema/tensor";

/** The directions in which samples vary most. */
export interface PrincipalComponents {
  /** Mean of the samples `[P]`. */
  readonly mean: Float64Array;
  /** Orthonormal directions in rows, largest variance first, `[count, P]`. */
  readonly directions: Mat;
  /** Variance of the samples along each, `[count]`. */
  readonly variances: Float64Array;
}

/** Directions of a block beyond those asked for: the last ones of a block converge slowly. */
const SPARE = 10;

/** Most blocks, and most directions in all of them: their eigenvalues take cubic time. */
const [BLOCKS, DIRECTIONS] = [6, 768];

/** What is left of a direction, relative to its length, that is rounding of the backend's float32. */
const ROUNDING = 1e-6;

/**
 * Principal components by a block Krylov method (Musco & Musco 2015): Rayleigh-Ritz in the span of random directions and their images
 * under the covariance, the images of those, and so on. The variance that they hold is that of the exact components up to 1e-3 or so.
 * No covariance is formed: products with the samples run on the backend, so that 20,000 samples of thousands of dimensions take seconds.
 *
 * @param samples - `[N, width]`
 * @param count - directions, at most `width`
 * @throws RangeError for another count, or without samples
 */
export async function principalComponents(
  backend: Backend,
  samples: Float32Array | Float64Array,
  width: number,
  count: number,
): Promise<PrincipalComponents> {
  const rows = samples.length / width;
  if (!(Number.isInteger(count) && count >= 1 && count <= width)) {
    throw new RangeError(
      `principalComponents: count must be a whole number from 1 to the width, ${width}, got ${count}; ask for fewer`,
    );
  }
  if (rows < 1) throw new RangeError("principalComponents: needs at least one sample, got none; check the data");
  const mean = columnMeans(samples, width);
  const x = backend.tensor(lessMean(samples, mean), [rows, width]);
  const basis: Float64Array[] = [];
  const images: Float64Array[] = [];
  const size = Math.min(count + SPARE, width);
  const blocks = Math.max(2, Math.min(BLOCKS, Math.floor(DIRECTIONS / size)));
  try {
    const stream = random(0, "principalComponents");
    let block: readonly Float64Array[] = Array.from({ length: size }, () =>
      Float64Array.from({ length: width }, stream.normal),
    );
    for (let i = 0; i < blocks; i++) {
      const added = extend(basis, block);
      if (added.length === 0) break;
      block = await imagesOf(backend, x, matFrom(added));
      images.push(...block);
    }
  } finally {
    backend.dispose(x);
  }
  const span = matFrom(basis);
  const { values, vectors } = symmetricEigen(symmetric(multiply(span, matFrom(images), { transposeB: true })));
  const { data } = multiply(vectors, span, { transposeA: true });
  return {
    mean,
    directions: { rows: count, cols: width, data: data.slice(0, count * width) },
    variances: values.slice(0, count).map((value) => Math.max(0, value) / rows),
  };
}

/** Appends directions to an orthonormal basis, by Gram-Schmidt done twice; gives those that were new to it. */
function extend(basis: Float64Array[], directions: readonly Float64Array[]): Float64Array[] {
  const before = basis.length;
  for (const direction of directions) {
    const left = direction.slice();
    for (let pass = 0; pass < 2; pass++) for (const other of basis) addScaled(left, other, -dot(left, other));
    const length = norm(left);
    if (length > ROUNDING * norm(direction)) basis.push(left.map((value) => value / length));
  }
  return basis.slice(before);
}

/** Directions `[K, P]` times X^T X. */
async function imagesOf(backend: Backend, x: Tensor, { rows, cols, data }: Mat): Promise<Float64Array[]> {
  const image = backend.scope(() => {
    const along = backend.matMul(x, backend.tensor(Float32Array.from(data), [rows, cols]), { transposeB: true }); // [N, K]
    return backend.matMul(along, x, { transposeA: true }); // [K, P]
  });
  const made: Mat = { rows, cols, data: Float64Array.from(await backend.read(image)) };
  backend.dispose(image);
  return Array.from({ length: rows }, (_, k) => row(made, k));
}

/** (A + A^T) / 2. */
const symmetric = (mat: Mat): Mat => {
  const { rows: n, data } = mat;
  const mirrored = (i: number): number => data[(i % n) * n + Math.floor(i / n)] as number;
  return { ...mat, data: data.map((value, i) => (value + mirrored(i)) / 2) };
};
