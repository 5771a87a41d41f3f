/** Scales every row of `[rows, columns]` to unit length, in place; rows of zeros stay. */
export function normalizeRows(values: Float64Array, columns: number): void {
  for (let start = 0; start < values.length; start += columns) {
    let square = 0;
    for (let k = start; k < start + columns; k++) square += (values[k] as number) * (values[k] as number);
    if (square === 0) continue;
    const norm = Math.sqrt(square);
    for (let k = start; k < start + columns; k++) values[k] = (values[k] as number) / norm;
  }
}
