/** Rows without repetition, ascending. */
export function sortedRows(rows: Iterable<number>): Int32Array {
  const all = Int32Array.from(rows).sort();
  return all.filter((row, i) => i === 0 || row !== all[i - 1]);
}

/** Place of a row in an ascending list, -1 where it is not in it. */
export function placeOf(rows: Int32Array, row: number): number {
  const place = placeAtMost(rows, row);
  return rows[place] === row ? place : -1;
}

/** Place of the last row in an ascending list that is not above a row, -1 where all are. */
function placeAtMost(rows: Int32Array, row: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as number) <= row) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
