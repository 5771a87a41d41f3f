import type { AnchorSet } from "./anchors.js";

/** Options of {@link givenAnchors}. */
export interface GivenAnchorsOptions {
  /** Where the directions come from. Default `given`. */
  readonly kind?: AnchorSet["kind"];
  /** Name of each direction. */
  readonly names?: readonly string[];
}

/**
 * Anchors from directions of any length, such as a file's, for models whose target is their input.
 *
 * @param directions - `[K, P]`, row-major
 * @param width - P
 * @throws RangeError for a row without direction, or another number of names than of rows
 */
export function givenAnchors(
  directions: Float32Array | Float64Array,
  width: number,
  { kind = "given", names }: GivenAnchorsOptions = {},
): AnchorSet {
  const input = unitDirections("givenAnchors", directions, width);
  const count = directions.length / width;
  if (names !== undefined && names.length !== count) {
    throw new RangeError(`givenAnchors: needs one name per direction, ${count}, got ${names.length}; pair them`);
  }
  return { kind, count, input, target: input, ...(names ? { names } : {}) };
}

/**
 * The directions at unit length; rows that have it already, up to float32's rounding, keep their bits.
 *
 * @param caller - for messages
 * @param rows - `[K, P]`, row-major
 * @param width - P
 * @throws RangeError for a row that is zero or not finite, by its index
 */
export function unitDirections(
  caller: string,
  rows: Float32Array | Float64Array,
  width: number,
): Float32Array | Float64Array {
  if (rows.length % width !== 0) {
    throw new RangeError(
      `${caller}: needs whole rows of ${width} columns, got ${rows.length} numbers; give the right width`,
    );
  }
  const out = rows.slice();
  for (let start = 0; start < rows.length; start += width) {
    const row = out.subarray(start, start + width);
    const norm = Math.hypot(...row);
    if (!(norm > 0 && norm < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `${caller}: every row must be a direction, got ${norm === 0 ? "zeros" : "a number that is not finite"} in row ${start / width}; leave it out`,
      );
    }
    if (Math.abs(norm - 1) > 1e-6) row.set(row.map((value) => value / norm));
  }
  return out;
}
