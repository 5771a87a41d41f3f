import type { Mat } from "./matrices/mat.js";

/** RangeError unless the sizes of a matrix fit its data. */
export function checkMat(caller: string, name: string, { rows, cols, data }: Mat): void {
  if (
    !Number.isSafeInteger(rows) ||
    !Number.isSafeInteger(cols) ||
    rows < 0 ||
    cols < 0 ||
    data.length !== rows * cols
  ) {
    throw new RangeError(
      `${caller}: ${name} must have rows * cols numbers, got ${rows} x ${cols} and ${data.length}; fit them`,
    );
  }
}

/** RangeError that names the first number that is not finite. */
export function checkNumbers(caller: string, name: string, values: ArrayLike<number>): void {
  if (values instanceof Float64Array && areFinite(values)) return;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(`${caller}: ${name} must be finite, got ${values[i]} at index ${i}; clean the data`);
    }
  }
}

/** One pass of additions: v - v is 0 for a finite v, else NaN. */
function areFinite(values: Float64Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) - (values[i] as number);
  return sum === 0;
}

/** RangeError unless a matrix has finite data of its size and, where given, a number of rows or columns. */
export function checkMatrix(caller: string, name: string, mat: Mat, shape: ExpectedShape = {}): void {
  checkMat(caller, name, mat);
  checkNumbers(caller, name, mat.data);
  if (shape.rows !== undefined && mat.rows !== shape.rows) {
    throw new RangeError(`${caller}: ${name} must have ${shape.rows} rows, got ${mat.rows}; one row per item`);
  }
  if (shape.cols !== undefined && mat.cols !== shape.cols) {
    throw new RangeError(`${caller}: ${name} must have ${shape.cols} columns, got ${mat.cols}; one row per item`);
  }
}

/** Sizes asked for by {@link checkMatrix}. */
export interface ExpectedShape {
  /** Number of rows. */
  readonly rows?: number;
  /** Number of columns. */
  readonly cols?: number;
}

/** RangeError unless a vector is finite and has `length` entries. */
export function checkVector(caller: string, name: string, values: ArrayLike<number>, length: number): void {
  if (values.length !== length) {
    throw new RangeError(`${caller}: ${name} must have ${length} entries, got ${values.length}; fit the sizes`);
  }
  checkNumbers(caller, name, values);
}

/** RangeError unless weights, one per feature, are finite and not negative. */
export function checkWeights(caller: string, weights: ArrayLike<number>, features: number): void {
  checkVector(caller, "weights", weights, features);
  for (let d = 0; d < weights.length; d++) {
    if ((weights[d] as number) < 0) {
      throw new RangeError(`${caller}: weights must not be negative, got ${weights[d]} at index ${d}; clean the data`);
    }
  }
}

/** RangeError unless a value is a whole number from `low` to `high`. */
export function checkWhole(
  caller: string,
  name: string,
  value: number,
  low: number,
  high: number = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    const range = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`;
    throw new RangeError(`${caller}: ${name} must be a whole number ${range}, got ${value}; change it`);
  }
}

/** RangeError unless all numbers lie in [low, high]. */
export function checkRange(
  caller: string,
  name: string,
  values: ArrayLike<number>,
  low: number,
  high: number = Number.POSITIVE_INFINITY,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!(value >= low && value <= high)) {
      const range = high === Number.POSITIVE_INFINITY ? `at least ${low}` : `from ${low} to ${high}`;
      throw new RangeError(`${caller}: ${name} must be ${range}, got ${value} at index ${i}; correct the data`);
    }
  }
}
