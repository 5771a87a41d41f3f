import { checkNumbers } from "../checks.js";
import { candidates } from "./candidates.js";

/** A one-to-one matching of rows and columns. */
export interface Assignment {
  /** Column of each row, -1 for a row without one, `[rows]`. */
  readonly columnOf: Int32Array;
  /** Row of each column, -1 for a column without one, `[columns]`. */
  readonly rowOf: Int32Array;
  /** Sum of the scores of the pairs. */
  readonly sum: number;
}

/**
 * The one-to-one matching of rows and columns with the largest sum of scores; min(rows, columns) pairs. Rectangular shortest
 * augmenting paths with dual variables (Jonker & Volgenant 1987; Crouse 2016), in float64, deterministic.
 *
 * Cost O(s^2 l) for the shorter side s and the longer side l, far less on typical scores.
 *
 * @param scores - `[rows, columns]` row-major, finite
 * @throws RangeError where sizes and scores do not fit or a score is not finite
 */
export function assignment(scores: Float64Array | Float32Array, rows: number, columns: number): Assignment {
  if (!Number.isSafeInteger(rows) || !Number.isSafeInteger(columns) || scores.length !== rows * columns) {
    throw new RangeError(
      `assignment: scores must have rows * columns entries, got ${scores.length} and ${rows} x ${columns}; fit the sizes`,
    );
  }
  checkNumbers("assignment", "scores", scores);
  const tall = rows > columns;
  const short = Math.min(rows, columns);
  const long = Math.max(rows, columns);
  const byShort = tall ? transposed(scores, rows, columns) : Float64Array.from(scores);
  const { longOf, shortOf } = matchShort(byShort, short, long);
  const columnOf = tall ? shortOf : longOf;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const column = columnOf[row] as number;
    if (column >= 0) sum += scores[row * columns + column] as number;
  }
  return { columnOf, rowOf: tall ? longOf : shortOf, sum };
}

/** Columns as rows, copied in blocks that stay in cache. */
function transposed(scores: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  const block = 64;
  for (let start = 0; start < rows; start += block) {
    const end = Math.min(start + block, rows);
    for (let column = 0; column < columns; column++) {
      for (let row = start; row < end; row++) result[column * rows + row] = scores[row * columns + column] as number;
    }
  }
  return result;
}

/** Partners of the items of both sides. */
interface Matching {
  readonly longOf: Int32Array;
  readonly shortOf: Int32Array;
}

/** The best matching of every short item, on the candidates alone where they are few. */
function matchShort(scores: Float64Array, short: number, long: number): Matching {
  if (long < 2 * short || short === 0) return shortestAugmentingPaths(scores, short, long);
  const kept = candidates(scores, short, long);
  if (2 * kept.length > long) return shortestAugmentingPaths(scores, short, long);
  const reduced = new Float64Array(short * kept.length);
  for (let item = 0; item < short; item++) {
    for (let k = 0; k < kept.length; k++) {
      reduced[item * kept.length + k] = scores[item * long + (kept[k] as number)] as number;
    }
  }
  const { longOf } = shortestAugmentingPaths(reduced, short, kept.length);
  const shortOf = new Int32Array(long).fill(-1);
  longOf.forEach((k, item) => {
    const partner = kept[k] as number;
    longOf[item] = partner;
    shortOf[partner] = item;
  });
  return { longOf, shortOf };
}

/** The matching of every item of the short side with the largest sum; `scores` is [short, long]. The cost is the negated score. */
function shortestAugmentingPaths(scores: Float64Array, short: number, long: number): Matching {
  const longOf = new Int32Array(short).fill(-1);
  const shortOf = new Int32Array(long).fill(-1);
  const shortDual = new Float64Array(short);
  const longDual = new Float64Array(long);
  const distance = new Float64Array(long);
  const previous = new Int32Array(long);
  const open = new Int32Array(long);
  const scanned = new Int32Array(short);
  const reached = new Int32Array(short);

  for (let start = 0; start < short; start++) {
    distance.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < long; j++) open[j] = j;
    let openCount = long;
    let scannedCount = 0;
    let lowest = 0;
    let item = start;
    let end = -1;
    while (end < 0) {
      scanned[scannedCount] = item;
      const base = item * long;
      const offset = lowest - (shortDual[item] as number);
      let nearest = Number.POSITIVE_INFINITY;
      let nearestAt = -1;
      for (let at = 0; at < openCount; at++) {
        const j = open[at] as number;
        const through = offset - (scores[base + j] as number) - (longDual[j] as number);
        let d = distance[j] as number;
        if (through < d) {
          d = through;
          distance[j] = d;
          previous[j] = item;
        }
        if (d < nearest) {
          nearest = d;
          nearestAt = at;
        } else if (d === nearest && (shortOf[j] as number) < 0 && (shortOf[open[nearestAt] as number] as number) >= 0) {
          nearestAt = at;
        }
      }
      lowest = nearest;
      const j = open[nearestAt] as number;
      reached[scannedCount++] = j;
      openCount--;
      open[nearestAt] = open[openCount] as number;
      if ((shortOf[j] as number) < 0) end = j;
      else item = shortOf[j] as number;
    }

    shortDual[start] = (shortDual[start] as number) + lowest;
    for (let s = 1; s < scannedCount; s++) {
      const i = scanned[s] as number;
      shortDual[i] = (shortDual[i] as number) + lowest - (distance[reached[s - 1] as number] as number);
    }
    for (let s = 0; s + 1 < scannedCount; s++) {
      const j = reached[s] as number;
      longDual[j] = (longDual[j] as number) + (distance[j] as number) - lowest;
    }
    for (let j = end; ; ) {
      const i = previous[j] as number;
      const next = longOf[i] as number;
      shortOf[j] = i;
      longOf[i] = j;
      if (i === start) break;
      j = next;
    }
  }
  return { longOf, shortOf };
}
