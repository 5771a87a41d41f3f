import { gram, type Mat, multiply, symmetricEigen, unitRows } from "@monosema/numerics";
import { columnMeans } from "@monosema/sdl";
import { type Backend, random } from "@monosema/tensor";

/** The directions in which samples vary most. */
export interface PrincipalComponents {
  /** Mean of the samples `[P]`. */
  readonly mean: Float64Array;
  /** Orthonormal directions in rows, largest variance first, `[count, P]`; fewer where the samples span fewer. */
  readonly directions: Mat;
  /** Variance of the samples along each, `[count]`. */
  readonly variances: Float64Array;
}

/** Directions beyond those asked for: they carry the slow end of the convergence (Halko, Martinsson & Tropp 2011, section 4). */
const SPARE = 10;

/** Most iterations; each costs two products with the samples. */
const ITERATIONS = 30;

/**
 * Principal components by blocked subspace iteration with a Rayleigh-Ritz step at its end. No covariance is formed: the products with
 * the samples run on the backend, so that 20,000 samples of a few thousand dimensions take seconds.
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
  const centred = Float32Array.from(samples, (value, i) => value - (mean[i % width] as number));
  const total = centred.reduce((sum, value) => sum + value * value, 0);
  const x = backend.tensor(centred, [rows, width]);
  try {
    const stream = random(0, "principalComponents");
    const size = Math.min(count + SPARE, width);
    let basis = orthonormal({
      rows: size,
      cols: width,
      data: Float64Array.from({ length: size * width }, stream.normal),
    });
    let image = await scattered(backend, x, basis);
    let captured = inner(image, basis);
    for (let iteration = 1; iteration < ITERATIONS; iteration++) {
      const [before, next] = [captured, orthonormal(image)];
      if (next.rows === 0) break; // samples that are all equal
      basis = next;
      image = await scattered(backend, x, basis);
      captured = inner(image, basis);
      if (captured - before <= 1e-4 * Math.max(0, total - captured)) break;
    }
    const { values, vectors } = symmetricEigen(symmetric(multiply(basis, image, { transposeB: true })));
    const found = Math.min(count, basis.rows);
    const directions = multiply(vectors, basis, { transposeA: true });
    return {
      mean,
      directions: { rows: found, cols: width, data: directions.data.slice(0, found * width) },
      variances: values.slice(0, found).map((value) => Math.max(0, value) / rows),
    };
  } finally {
    backend.dispose(x);
  }
}

/** The rows of a basis `[K, P]` times X^T X. */
async function scattered(backend: Backend, x: ReturnType<Backend["tensor"]>, basis: Mat): Promise<Mat> {
  const image = backend.scope(() => {
    const codes = backend.matMul(x, backend.tensor(Float32Array.from(basis.data), [basis.rows, basis.cols]), {
      transposeB: true,
    }); // [N, K]
    return backend.matMul(codes, x, { transposeA: true }); // [K, P]
  });
  const data = Float64Array.from(await backend.read(image));
  backend.dispose(image);
  return { rows: basis.rows, cols: basis.cols, data };
}

/** An orthonormal basis of the rows of a matrix, those that depend on the others left out. */
function orthonormal(mat: Mat): Mat {
  const { unit } = unitRows(mat);
  const { values, vectors } = symmetricEigen(gram(unit));
  const kept = values.filter((value) => value > 1e-13 * (values[0] as number)).length;
  const rotated = multiply(vectors, unit, { transposeA: true });
  const data = rotated.data
    .subarray(0, kept * mat.cols)
    .map((value, i) => value / Math.sqrt(values[Math.floor(i / mat.cols)] as number));
  return { rows: kept, cols: mat.cols, data };
}

const symmetric = (mat: Mat): Mat => ({
  ...mat,
  data: mat.data.map(
    (value, i) => (value + (mat.data[(i % mat.cols) * mat.cols + Math.floor(i / mat.cols)] as number)) / 2,
  ),
});

const inner = (a: Mat, b: Mat): number => a.data.reduce((sum, value, i) => sum + value * (b.data[i] as number), 0);
