import { expect } from "vitest";
import type { Backend, Entries, Tensor } from "../../src/index.js";
import type { Matrix, NaivePair } from "./naive.js";

/** A backend under test and how far its numbers may lie from float64 loops. */
export interface Fixture {
  /** The backend, opened once for the suite. */
  readonly backend: () => Backend;
  /** Largest difference, relative to 1 + |expected|. */
  readonly tolerance: number;
  /** Whether a NaN among the pre-activations is an error of `select` (where it runs on the host). */
  readonly findsNaN: boolean;
}

/** A tensor from rows of numbers. */
export function tensorOf(backend: Backend, rows: Matrix): Tensor {
  return backend.tensor(rows.flat(), [rows.length, (rows[0] as number[]).length]);
}

/** Compares numbers with float64 ones. */
export function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const worst = expected.reduce((most, want, j) => {
    const difference = Math.abs((actual[j] as number) - want) / (1 + Math.abs(want));
    return difference > most || Number.isNaN(difference) ? difference : most;
  }, 0);
  expect(worst).toBeLessThanOrEqual(tolerance);
}

/** Reads a tensor and compares it. */
export async function expectTensor(
  { backend, tolerance }: Fixture,
  t: Tensor,
  expected: Matrix | number[],
): Promise<void> {
  expectClose(await backend().read(t), expected.flat(), tolerance);
}

/** Reads entries and compares them with one number per pair: the same pairs, without those that are 0. */
export async function expectEntries(
  { backend, tolerance }: Fixture,
  entries: Entries,
  pairs: readonly NaivePair[],
  values: readonly number[],
): Promise<void> {
  const { offsets, latents, values: numbers } = await backend().readEntries(entries);
  const nonzero = pairs.map((pair, n) => ({ ...pair, value: values[n] as number })).filter(({ value }) => value !== 0);
  const found = Array.from(latents, (i, n) => [offsets.findIndex((end) => n < end) - 1, i]);
  expect(found).toEqual(nonzero.map(({ b, i }) => [b, i]));
  expectClose(
    numbers,
    nonzero.map(({ value }) => value),
    tolerance,
  );
}

/**
 * For float32 engines: sums of up to 33 products near 1 are off by about 33 * 6e-8 = 2e-6, and one step of Adam divides by a root of
 * such numbers. The defects that the contract looks for are 1e-2 and more.
 */
export const float32Tolerance = 5e-6;
