import type { Core } from "./core.js";

/** A matrix in memory: element (i, k) lies at pointer + i row + k column, in bytes. */
export interface Strided {
  readonly pointer: number;
  readonly row: number;
  readonly column: number;
}

/** A row-major matrix of `width` columns, or its transpose. */
export function strided(pointer: number, width: number, transpose: boolean): Strided {
  return transpose ? { pointer, row: 4, column: 4 * width } : { pointer, row: 4 * width, column: 4 };
}

const depth = 256;
const columnsPerBlock = 240;

/** out `[m, n]` = a `[m, k]` b `[k, n]`. */
export function product(core: Core, a: Strided, b: Strided, out: number, m: number, k: number, n: number): void {
  if (m === 1 && b.column === 4) {
    vectorProduct(core, a, b, out, k, n);
    return;
  }
  const rows = 6 * Math.min(16, Math.ceil(m / 6));
  const bytes = 4 * (depth * (columnsPerBlock + rows + 6) + 48);
  const { pointer, stride } = core.scratch(bytes);
  const left = [a.pointer, a.row, a.column];
  const right = [b.pointer, b.row, b.column];
  core.pool.run("matMul", Math.ceil(m / rows), ...left, ...right, out, m, k, n, rows, pointer, stride);
}

/** Rows of one part of a vector times a matrix. */
const rowsPerPart = 512;

/** out `[n]` = a `[k]` times rows of b, by parts of fixed size that are added in order. */
function vectorProduct(core: Core, a: Strided, b: Strided, out: number, k: number, n: number): void {
  const parts = Math.ceil(k / rowsPerPart);
  core.temporary((allocate) => {
    const sums = parts === 1 ? out : allocate(4 * parts * n);
    const { pointer, stride } = core.scratch(8 * rowsPerPart);
    core.pool.run("vectorRows", parts, a.pointer, a.column, b.pointer, b.row, k, n, sums, rowsPerPart, pointer, stride);
    if (parts > 1) core.pool.run("columnSums", 1, sums, parts, n, out, n);
  });
}
