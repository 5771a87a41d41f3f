/** Pivot, relative to the largest entry, that counts as 0. */
const PIVOT = 1e-9;

/** Rank by Gaussian elimination with complete pivoting; the rows are changed. */
export function eliminationRank(rows: Float64Array[]): number {
  const left = [...rows];
  let largest = 0;
  for (const values of left) for (const value of values) largest = Math.max(largest, Math.abs(value));
  let rank = 0;
  while (left.length > 0) {
    let best = PIVOT * largest;
    let at = -1;
    let column = -1;
    left.forEach((values, i) => {
      for (let j = 0; j < values.length; j++) {
        if (Math.abs(values[j] as number) > best) {
          best = Math.abs(values[j] as number);
          at = i;
          column = j;
        }
      }
    });
    if (at < 0) return rank;
    rank++;
    const [pivot] = left.splice(at, 1) as [Float64Array];
    for (const values of left) {
      const factor = (values[column] as number) / (pivot[column] as number);
      if (factor === 0) continue;
      for (let j = 0; j < values.length; j++) values[j] = (values[j] as number) - factor * (pivot[j] as number);
      values[column] = 0;
    }
  }
  return rank;
}
