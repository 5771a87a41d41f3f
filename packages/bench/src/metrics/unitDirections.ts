import { normaliseRows } from "@monosema/numerics";

/** Directions, one per row. */
export interface Directions {
  /** `[count, width]` row-major. */
  readonly values: ArrayLike<number>;
  /** Number of rows. */
  readonly count: number;
}

/** Directions at unit norm. */
export interface UnitDirections {
  /** `[count, width]`; rows of at most 1e-6 of the largest norm are 0. */
  readonly unit: Float64Array;
  /** Norms before, `[count]`. */
  readonly norms: Float64Array;
  /** 1 for rows that are not negligible, `[count]`. */
  readonly live: Uint8Array;
}

const NEGLIGIBLE = 1e-6;

/** A copy at unit norm, without rows that are negligible: weight decay shrinks unused rows to nothing. */
export function unitDirections({ values }: Directions, width: number): UnitDirections {
  const unit = Float64Array.from(values);
  const norms = normaliseRows(unit, width);
  const threshold = NEGLIGIBLE * norms.reduce((largest, norm) => Math.max(largest, norm), 0);
  const live = Uint8Array.from(norms, (norm) => Number(norm > threshold));
  live.forEach((is, row) => {
    if (is === 0) unit.fill(0, row * width, (row + 1) * width);
  });
  return { unit, norms, live };
}
