import type { Backend, Codes, Entries, Selected, SelectOptions, Tensor } from "../backend.js";
import type { Matrix, NaivePair, NaiveSelection } from "./naive.js";
import type { TestFunctions } from "./testFunctions.js";

/** A backend under test and how far its numbers may lie from float64 loops. */
export interface Fixture {
  /** The test runner. */
  readonly test: TestFunctions;
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

/** A selection whose vectors are arrays. */
export function selectNaive(
  backend: Backend,
  { selection, bias, prefixes }: NaiveSelection,
  x: Tensor,
  encoder: Tensor,
): Selected {
  const options: SelectOptions = {
    ...(bias && { bias: backend.tensor(bias, [bias.length]) }),
    ...(prefixes && { prefixes }),
  };
  if (selection.kind !== "threshold") return backend.select(x, encoder, selection, options);
  const theta =
    typeof selection.theta === "number" ? selection.theta : backend.tensor(selection.theta, [selection.theta.length]);
  return backend.select(x, encoder, { ...selection, theta }, options);
}

/** Compares numbers with float64 ones. */
export function expectClose(
  { test: { expect }, tolerance }: Pick<Fixture, "test" | "tolerance">,
  actual: ArrayLike<number>,
  expected: readonly number[],
): void {
  expect(actual.length).toBe(expected.length);
  const worst = expected.reduce((most, want, j) => {
    const difference = Math.abs((actual[j] as number) - want) / (1 + Math.abs(want));
    return difference > most || Number.isNaN(difference) ? difference : most;
  }, 0);
  expect(worst).toBeLessThanOrEqual(tolerance);
}

/** Reads a tensor and compares it. */
export async function expectTensor(fixture: Fixture, t: Tensor, expected: Matrix | number[]): Promise<void> {
  expectClose(fixture, await fixture.backend().read(t), expected.flat());
}

/** Expects codes to store these pairs with their pre-activations. */
export async function expectPairs(fixture: Fixture, codes: Codes, pairs: readonly NaivePair[]): Promise<void> {
  await expectEntries(
    fixture,
    codes.pre,
    pairs,
    pairs.map(({ z }) => z),
  );
}

/** Reads entries and compares them with one number per pair: the same pairs, without those that are 0. */
export async function expectEntries(
  fixture: Fixture,
  entries: Entries,
  pairs: readonly NaivePair[],
  values: readonly number[],
): Promise<void> {
  const { offsets, latents, values: numbers } = await fixture.backend().readEntries(entries);
  const nonzero = pairs.map((pair, n) => ({ ...pair, value: values[n] as number })).filter(({ value }) => value !== 0);
  const found = Array.from(latents, (i, n) => [offsets.findIndex((end) => n < end) - 1, i]);
  fixture.test.expect(found).toEqual(nonzero.map(({ b, i }) => [b, i]));
  expectClose(
    fixture,
    numbers,
    nonzero.map(({ value }) => value),
  );
}

/**
 * For float32 engines: sums of up to 33 products near 1 are off by about 33 * 6e-8 = 2e-6, and one step of Adam divides by a root of
 * such numbers. The defects that the contract looks for are 1e-2 and more.
 */
export const float32Tolerance = 5e-6;
