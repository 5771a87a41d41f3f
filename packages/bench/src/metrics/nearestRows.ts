import { gatherRows } from "@monosema/numerics";
import type { Backend, SparseRows } from "@monosema/tensor";
import { type Directions, unitDirections } from "./unitDirections.js";

/** The nearest rows of each row, nearest first. */
export interface NearestRows {
  /** Rows kept of each row, at most; `[Qa, count]` are the arrays. */
  readonly count: number;
  /** Row of b, -1 where there are fewer, `[Qa, count]`. */
  readonly indices: Int32Array;
  /** Signed cosine, 0 where there is no row, `[Qa, count]`. */
  readonly cosines: Float32Array | Float64Array;
}

/** Options of {@link nearestRows}. */
export interface NearestRowsOptions {
  /** Rows kept of each row. Default 20. */
  readonly count?: number;
  /** Leaves out row i of b for row i of a, where both are the same dictionary. Default false. */
  readonly excludeSelf?: boolean;
  /** Called with the number of rows of a that are done. */
  readonly onRows?: (done: number) => void;
}

const BLOCK = 1024;

/**
 * For each row of a the rows of b with the largest signed cosines, ties by the lowest index, by the backend's exact selection in blocks
 * of rows: no matrix of all cosines is held. Rows of at most 1e-6 of the largest norm have no neighbours and are none; nor do rows at a
 * right angle, whose cosine is exactly 0, count.
 *
 * @param a - `[Qa, width]`
 * @param b - `[Qb, width]`
 * @throws RangeError where sizes do not fit
 */
export async function nearestRows(
  backend: Backend,
  a: Directions,
  b: Directions,
  width: number,
  { count = 20, excludeSelf = false, onRows }: NearestRowsOptions = {},
): Promise<NearestRows> {
  check({ a, b }, width, count);
  const indices = new Int32Array(a.count * count).fill(-1);
  const cosines =
    backend.precision === "float64" ? new Float64Array(a.count * count) : new Float32Array(a.count * count);
  const { unit: others, live } = liveDirections(b, width);
  if (live.length === 0) return { count, indices, cosines };
  const { unit } = unitDirections(a, width);
  const k = Math.min(count + Number(excludeSelf), live.length);
  const encoder = backend.tensor(others, [live.length, width]);
  try {
    for (let start = 0; start < a.count; start += BLOCK) {
      const size = Math.min(BLOCK, a.count - start);
      const rows = unit.subarray(start * width, (start + size) * width);
      const { codes } = backend.scope(() =>
        backend.select(backend.tensor(rows, [size, width]), encoder, { kind: "topK", k, signed: true }),
      );
      const found = await backend.readEntries(codes.pre);
      backend.dispose(codes);
      for (let row = 0; row < size; row++) {
        const self = excludeSelf ? start + row : -1;
        descending(found, row)
          .map(([at, cosine]) => [live[at] as number, cosine] as const)
          .filter(([index]) => index !== self)
          .slice(0, count)
          .forEach(([index, cosine], place) => {
            indices[(start + row) * count + place] = index;
            cosines[(start + row) * count + place] = cosine;
          });
      }
      onRows?.(start + size);
    }
  } finally {
    backend.dispose(encoder);
  }
  return { count, indices, cosines };
}

/** Unit rows that are not negligible, and which they are. */
function liveDirections(directions: Directions, width: number) {
  const { unit, live: marks } = unitDirections(directions, width);
  const live = [...marks.keys()].filter((row) => marks[row] === 1);
  return { live, unit: live.length === directions.count ? unit : gatherRows(unit, width, live) };
}

/** Entries of a row, the largest first, ties by the lowest index. */
function descending({ offsets, latents, values }: SparseRows, row: number): (readonly [number, number])[] {
  const [start, end] = [offsets[row] as number, offsets[row + 1] as number];
  const entries = Array.from(
    { length: end - start },
    (_, e) => [latents[start + e] as number, values[start + e] as number] as const,
  );
  return entries.sort((x, y) => y[1] - x[1] || x[0] - y[0]);
}

function check(both: Readonly<Record<"a" | "b", Directions>>, width: number, count: number): void {
  for (const [name, { values, count: rows }] of Object.entries(both)) {
    if (values.length !== rows * width) {
      throw new RangeError(
        `nearestRows: ${name} must have ${rows} x ${width} numbers, got ${values.length}; pass one direction per row`,
      );
    }
  }
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`nearestRows: count must be a whole number of at least 1, got ${count}; the default is 20`);
  }
}
