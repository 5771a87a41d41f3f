import { expect } from "vitest";
import { interference, projectFeatures } from "../../src/index.js";

/** lrb.json: matrices in the paper's layout, a column per feature. */
export interface LrbVector {
  readonly n: number;
  readonly n_p: number;
  readonly M: number;
  readonly eps: number;
  readonly lambda_reg: number;
  readonly lr: number;
  readonly W_init_raw?: number[][];
  readonly W_init: number[][];
  readonly loss_before_step?: number[];
  readonly grad_before_step?: number[][][];
  readonly max_interference_before_step?: number[];
  readonly W_after_step?: number[][][];
  readonly converged_iters?: number;
  readonly W_converged?: number[][];
  readonly max_interference_converged?: number;
}

/** The paper's [n_p, n] as rows per feature. */
const transposed = (matrix: number[][], n: number): Float64Array =>
  Float64Array.from({ length: n * matrix.length }, (_, at) => {
    const feature = Math.floor(at / matrix.length);
    return (matrix[at % matrix.length] as number[])[feature] as number;
  });

const expectClose = (got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void => {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const value = wanted[i] as number;
    expect(Math.abs((got[i] as number) - value)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(value)));
  }
};

const unitRows = (rows: Float64Array, width: number): Float64Array =>
  rows.map((value, at) => {
    const row = rows.subarray(at - (at % width), at - (at % width) + width);
    return value / Math.hypot(...row);
  });

/**
 * Checks loss, gradient and largest interference before each step, the matrix after it, and the matrix that the generator stops at.
 * Tolerances: those of vectors/README.md for float64 (loss 1e-9, gradient 1e-8); matrices 1e-10, since each of many steps adds
 * rounding of its own summation order.
 */
export function checkLrb(vector: LrbVector): void {
  const { n, n_p: nP, M, eps, lambda_reg, lr } = vector;
  const options = { maxInterference: M, epsilon: eps, regularization: lambda_reg };
  if (vector.W_init_raw !== undefined) {
    expectClose(unitRows(transposed(vector.W_init_raw, n), nP), transposed(vector.W_init, n), 1e-12);
  }
  const steps = Math.max(
    vector.converged_iters ?? 0,
    vector.W_after_step?.length ?? 0,
    vector.loss_before_step?.length ?? 0,
  );
  const iterates = [transposed(vector.W_init, n)];
  for (let step = 0; step < steps; step++) {
    const before = iterates[step] as Float64Array;
    const { loss, gradient, max } = interference(before, n, nP, options);
    const wantedLoss = vector.loss_before_step?.[step];
    const wantedGradient = vector.grad_before_step?.[step];
    const wantedMax = vector.max_interference_before_step?.[step];
    const wantedAfter = vector.W_after_step?.[step];
    if (wantedLoss !== undefined) expectClose([loss], [wantedLoss], 1e-9);
    if (wantedGradient !== undefined) expectClose(gradient, transposed(wantedGradient, n), 1e-8);
    if (wantedMax !== undefined) expectClose([max], [wantedMax], 1e-10);
    const after = unitRows(
      before.map((value, at) => value - lr * (gradient[at] as number)),
      nP,
    );
    if (wantedAfter !== undefined) expectClose(after, transposed(wantedAfter, n), 1e-10);
    iterates.push(after);
  }
  if (vector.W_converged !== undefined) {
    const last = iterates[vector.converged_iters ?? steps] as Float64Array;
    expectClose(last, transposed(vector.W_converged, n), 1e-10);
    if (vector.max_interference_converged !== undefined) {
      expectClose([interference(last, n, nP, options).max], [vector.max_interference_converged], 1e-10);
    }
  }
  const stop = iterates.findIndex((rows) => interference(rows, n, nP, options).max <= M);
  if (stop >= 0) {
    const start = transposed(vector.W_init, n);
    const { features, report } = projectFeatures(start, { n, nP, stepSize: lr, ...options });
    expect(report).toMatchObject({ steps: stop, restarts: 0, stepSize: lr });
    expectClose(features, iterates[stop] as Float64Array, 1e-10);
  }
}
