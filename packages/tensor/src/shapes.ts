/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** Throws a RangeError unless the two shapes are equal. */
export function requireShape(where: string, what: string, shape: readonly number[], wanted: readonly number[]): void {
  if (sameShape(shape, wanted)) return;
  throw new RangeError(`${where}: ${what} must have shape [${wanted}], got [${shape}]; check which tensor was passed`);
}

/** Whether the two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** Throws a RangeError unless the shape has rank 2; returns rows and columns. */
export function matrixShape(where: string, what: string, shape: readonly number[]): readonly [number, number] {
  const [rows, columns, ...rest] = shape;
  if (rows !== undefined && columns !== undefined && rest.length === 0) return [rows, columns];
  throw new RangeError(`${where}: ${what} must be a matrix, got shape [${shape}]; reshape it`);
}

/** Throws a RangeError unless `count` numbers fill the shape (rank 0 to 2, sizes positive integers). */
export function requireSize(where: string, count: number, shape: readonly number[]): void {
  if (shape.length > 2 || !shape.every((n) => Number.isInteger(n) && n > 0)) {
    throw new RangeError(`${where}: a shape must have at most 2 positive integers, got [${shape}]; reshape the data`);
  }
  if (count !== sizeOf(shape)) {
    throw new RangeError(`${where}: shape [${shape}] needs ${sizeOf(shape)} numbers, got ${count}; pass all of them`);
  }
}

/** Throws a RangeError unless the widths of the column blocks are positive integers that sum to `columns`. */
export function requireBlocks(where: string, blocks: readonly number[], columns: number): void {
  const sum = blocks.reduce((total, width) => total + width, 0);
  if (sum === columns && blocks.every((width) => Number.isInteger(width) && width > 0)) return;
  throw new RangeError(
    `${where}: blocks must be positive widths that sum to ${columns}, got [${blocks}]; list every block`,
  );
}
