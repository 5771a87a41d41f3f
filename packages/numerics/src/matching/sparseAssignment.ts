import { checkNumbers } from "../checks.js";
import type { Assignment } from "./assignment.js";
import { nearestFirst } from "./nearestFirst.js";

/** Scores of some pairs of rows and columns, compressed by rows; all other pairs may not be matched. */
export interface SparseScores {
  /** Row i has the entries `offsets[i]` to `offsets[i + 1] - 1`, `[rows + 1]`. */
  readonly offsets: Int32Array;
  /** Column of each entry, none twice in a row. */
  readonly columns: Int32Array;
  /** Score of each entry; pairs of at most 0 are never matched. */
  readonly scores: Float32Array | Float64Array;
}

/**
 * The one-to-one matching with the largest sum of scores among the pairs given, for some thousand rows with some tens of pairs each. Rows
 * and columns may stay alone. Exact, in float64, deterministic: rows bid for columns as in the augmenting row reduction of Jonker &
 * Volgenant (1987), and rows that this leaves out find a shortest augmenting path on the sparse graph (Dijkstra with dual variables).
 *
 * Cost O(rows (entries + columns log columns)), far less on typical scores.
 *
 * @param columnCount - columns
 * @throws RangeError where sizes do not fit, a column does not exist, or a score is not finite
 */
export function sparseAssignment(scores: SparseScores, columnCount: number): Assignment {
  checkSparse(scores, columnCount);
  const rows = scores.offsets.length - 1;
  const state: MatchingState = {
    columnOf: new Int32Array(rows).fill(-1),
    rowOf: new Int32Array(columnCount).fill(-1),
    price: new Float64Array(columnCount),
    gain: new Float64Array(rows),
  };
  const left = bid(scores, state);
  const augment = augmenter(scores, state);
  for (const row of left) augment(row);
  let sum = 0;
  state.columnOf.forEach((column, row) => {
    if (column >= 0) sum += scoreOf(scores, row, column);
  });
  return { columnOf: state.columnOf, rowOf: state.rowOf, sum };
}

/**
 * A matching with its dual variables: gain of a row and price of a column are at least 0 and add up to at least the score of each pair, for
 * matched pairs to exactly that; columns without a row have price 0. Once rows without a column have gain 0, the sum is the largest.
 */
interface MatchingState {
  readonly columnOf: Int32Array;
  readonly rowOf: Int32Array;
  readonly price: Float64Array;
  readonly gain: Float64Array;
}

/** Bids per row after which the shortest paths take over. */
const BIDS = 16;

/** Each row takes the column of its largest net score, at the price at which the next best is as good; rows that are left over. */
function bid({ offsets, columns, scores }: SparseScores, { columnOf, rowOf, price, gain }: MatchingState): number[] {
  const rows = columnOf.length;
  const left: number[] = [];
  const waiting = Array.from({ length: rows }, (_, i) => rows - 1 - i);
  for (let bids = 0; waiting.length > 0; bids++) {
    const row = waiting.pop() as number;
    let [best, second] = [0, 0]; // to stay alone is worth 0
    let [bestAt, secondAt] = [-1, -1];
    for (let e = offsets[row] as number; e < (offsets[row + 1] as number); e++) {
      const column = columns[e] as number;
      const net = (scores[e] as number) - (price[column] as number);
      if (net > best) {
        [second, secondAt] = [best, bestAt];
        [best, bestAt] = [net, column];
      } else if (net > second) {
        [second, secondAt] = [net, column];
      }
    }
    gain[row] = best;
    if (bestAt < 0) continue;
    const tied = best === second && secondAt >= 0 && (rowOf[bestAt] as number) >= 0;
    const column = tied && (rowOf[secondAt] as number) < 0 ? secondAt : bestAt;
    const other = rowOf[column] as number;
    if (other >= 0 && (best === second || bids > BIDS * rows)) {
      left.push(row);
      continue;
    }
    price[column] = (price[column] as number) + best - second;
    gain[row] = second;
    rowOf[column] = row;
    columnOf[row] = column;
    if (other >= 0) {
      columnOf[other] = -1;
      waiting.push(other);
    }
  }
  return left;
}

/** Gives a row a column, or leaves it or another row alone, by the shortest path in reduced costs. */
function augmenter(
  { offsets, columns, scores }: SparseScores,
  { columnOf, rowOf, price, gain }: MatchingState,
): (start: number) => void {
  const distance = new Float64Array(rowOf.length).fill(Number.POSITIVE_INFINITY);
  const previous = new Int32Array(rowOf.length); // the row that reached a column
  const queue = nearestFirst(distance);

  return (start) => {
    gain[start] = 0;
    for (let e = offsets[start] as number; e < (offsets[start + 1] as number); e++) {
      gain[start] = Math.max(gain[start] as number, (scores[e] as number) - (price[columns[e] as number] as number));
    }
    const reached: number[] = [];
    const scanned: number[] = [];
    // The path may end in a row that stays alone from then on, at the cost of its gain, or in a free column.
    let [length, lastRow, lastColumn] = [gain[start] as number, start, -1];
    for (let row = start, far = 0; ; ) {
      for (let e = offsets[row] as number; e < (offsets[row + 1] as number); e++) {
        const column = columns[e] as number;
        const reduced = (gain[row] as number) + (price[column] as number) - (scores[e] as number);
        const through = far + Math.max(0, reduced); // below 0 by rounding only
        if (!(through < length && through < (distance[column] as number))) continue;
        previous[column] = row;
        if ((rowOf[column] as number) < 0) {
          [length, lastColumn] = [through, column];
          continue;
        }
        if (distance[column] === Number.POSITIVE_INFINITY) reached.push(column);
        distance[column] = through;
        queue.push(column);
      }
      const column = queue.pop();
      if (column < 0 || (distance[column] as number) >= length) break;
      scanned.push(column);
      far = distance[column] as number;
      row = rowOf[column] as number;
      if (far + (gain[row] as number) < length) [length, lastRow, lastColumn] = [far + (gain[row] as number), row, -1];
    }
    gain[start] = Math.max(0, (gain[start] as number) - length);
    for (const column of scanned) {
      const rise = length - (distance[column] as number);
      const row = rowOf[column] as number;
      price[column] = (price[column] as number) + rise;
      gain[row] = Math.max(0, (gain[row] as number) - rise);
    }
    for (const column of reached) distance[column] = Number.POSITIVE_INFINITY;
    queue.clear();
    if (lastColumn < 0) {
      if (lastRow === start) return;
      lastColumn = columnOf[lastRow] as number;
      columnOf[lastRow] = -1;
    }
    for (let column = lastColumn; ; ) {
      const row = previous[column] as number;
      const next = columnOf[row] as number;
      rowOf[column] = row;
      columnOf[row] = column;
      if (row === start) return;
      column = next;
    }
  };
}

function scoreOf({ offsets, columns, scores }: SparseScores, row: number, column: number): number {
  let e = offsets[row] as number;
  while (columns[e] !== column) e++;
  return scores[e] as number;
}

function checkSparse({ offsets, columns, scores }: SparseScores, columnCount: number): void {
  if (offsets[0] !== 0 || offsets.at(-1) !== scores.length || columns.length !== scores.length) {
    throw new RangeError(
      `sparseAssignment: offsets must go from 0 to the number of columns and scores, got ${offsets[0]} to ${offsets.at(-1)} with ${columns.length} and ${scores.length}; fit the sizes`,
    );
  }
  const outside = columns.find((column) => !(column >= 0 && column < columnCount));
  if (outside !== undefined) {
    throw new RangeError(
      `sparseAssignment: columns must be from 0 to ${columnCount - 1}, got ${outside}; pass the number of columns`,
    );
  }
  checkNumbers("sparseAssignment", "scores", scores);
}
