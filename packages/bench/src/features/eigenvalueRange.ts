import { random } from "@monosema/tensor";

/** Extreme eigenvalues of a symmetric matrix. */
export interface EigenvalueRange {
  /** Smallest. */
  readonly smallest: number;
  /** Largest. */
  readonly largest: number;
}

const CHECK_EVERY = 10;
const RELATIVE_CHANGE = 1e-7;

/**
 * Extreme eigenvalues of the second-moment matrix features^T features, `[nP, nP]`; the smallest is 0 where n < nP. Cost 2 n nP per step
 * of {@link symmetricRange}, some tens of steps.
 *
 * @param features - `[n, nP]` row-major
 */
export function eigenvalueRange(features: Float64Array, n: number, nP: number): EigenvalueRange {
  const range = symmetricRange(nP, (v) => secondMomentTimes(features, n, nP, v));
  return n < nP ? { smallest: 0, largest: range.largest } : range;
}

/**
 * Extreme eigenvalues of a positive semidefinite matrix by the Lanczos method with full reorthogonalisation, until both settle to 1e-7.
 *
 * @param times - the product with a vector, `[size]`; a new array each time
 */
export function symmetricRange(size: number, times: (v: Float64Array) => Float64Array): EigenvalueRange {
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const offDiagonal: number[] = [];
  const start = random(0, "lanczos");
  let vector = unit(Float64Array.from({ length: size }, start.normal));
  let last: EigenvalueRange = { smallest: Number.NaN, largest: Number.NaN };
  for (let step = 1; step <= size; step++) {
    basis.push(vector);
    const next = times(vector);
    diagonal.push(dot(next, vector));
    for (let pass = 0; pass < 2; pass++) {
      for (const known of basis) subtract(next, known, dot(next, known));
    }
    const length = Math.sqrt(dot(next, next));
    const exhausted = step === size || length <= 1e-12 * Math.abs(diagonal[0] as number);
    if (exhausted || step % CHECK_EVERY === 0) {
      const range = tridiagonalRange(diagonal, offDiagonal);
      const settled = isClose(range.smallest, last.smallest) && isClose(range.largest, last.largest);
      last = range;
      if (exhausted || settled) break;
    }
    offDiagonal.push(length);
    vector = next.map((value) => value / length);
  }
  return last;
}

/** features^T (features v). */
function secondMomentTimes(features: Float64Array, n: number, nP: number, v: Float64Array): Float64Array {
  const result = new Float64Array(nP);
  for (let row = 0; row < n; row++) {
    const start = row * nP;
    let inner = 0;
    for (let k = 0; k < nP; k++) inner += (features[start + k] as number) * (v[k] as number);
    for (let k = 0; k < nP; k++) result[k] = (result[k] as number) + inner * (features[start + k] as number);
  }
  return result;
}

/** Extreme eigenvalues of a tridiagonal matrix by bisection on the Sturm count. */
function tridiagonalRange(diagonal: readonly number[], offDiagonal: readonly number[]): EigenvalueRange {
  const size = diagonal.length;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < size; i++) {
    const radius = Math.abs(offDiagonal[i - 1] ?? 0) + (i + 1 < size ? Math.abs(offDiagonal[i] as number) : 0);
    low = Math.min(low, (diagonal[i] as number) - radius);
    high = Math.max(high, (diagonal[i] as number) + radius);
  }
  const countBelow = (x: number): number => {
    let count = 0;
    let pivot = 1;
    for (let i = 0; i < size; i++) {
      const coupling = i === 0 ? 0 : (offDiagonal[i - 1] as number);
      pivot = (diagonal[i] as number) - x - (coupling * coupling) / pivot;
      if (pivot === 0) pivot = Number.MIN_VALUE;
      if (pivot < 0) count++;
    }
    return count;
  };
  const bisect = (wanted: number): number => {
    let [a, b] = [low, high];
    for (let i = 0; i < 100 && a < b; i++) {
      const middle = (a + b) / 2;
      if (countBelow(middle) >= wanted) b = middle;
      else a = middle;
    }
    return (a + b) / 2;
  };
  return { smallest: bisect(1), largest: bisect(size) };
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= RELATIVE_CHANGE * Math.abs(a);
}

function unit(v: Float64Array): Float64Array {
  const norm = Math.sqrt(dot(v, v));
  return v.map((value) => value / norm);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function subtract(a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) - factor * (b[i] as number);
}
