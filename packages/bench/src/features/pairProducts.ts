import { openKernels } from "../kernels/kernels.js";
import type { Kernels } from "../kernels/types.js";

/** Inner products of different rows. */
export interface PairProducts {
  /** Largest; -Infinity for a single row. */
  readonly max: number;
  /** Smallest; Infinity for a single row. */
  readonly min: number;
  /** Sum of the squares over unordered pairs. */
  readonly squares: number;
}

const PANEL = 64;

/**
 * Extremes and squares of all inner products of different rows, in float32 by tiles of the Gram matrix. Cost n^2 width / 2.
 *
 * @param matrix - `[n, width]` row-major
 */
export function pairProducts(matrix: Float32Array, n: number, width: number): PairProducts {
  const padded = Math.ceil(width / 16) * 16;
  const bytes = 4 * padded;
  const rows = Math.ceil(n / PANEL) * PANEL;
  const [panelAt, tileAt] = [rows * bytes, (rows + PANEL) * bytes] as const;
  const kernels: Kernels = openKernels(tileAt + 4 * PANEL * PANEL);
  const all = new Float32Array(kernels.buffer, 0, rows * padded);
  const panel = new Float32Array(kernels.buffer, panelAt, padded * PANEL); // [width, PANEL]
  const tile = new Float32Array(kernels.buffer, tileAt, PANEL * PANEL);
  for (let i = 0; i < n; i++) all.set(matrix.subarray(i * width, (i + 1) * width), i * padded);
  const found = { max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY, squares: 0 };
  for (let column = 0; column < n; column += PANEL) {
    for (let j = 0; j < PANEL; j++) {
      for (let k = 0; k < padded; k++) panel[k * PANEL + j] = all[(column + j) * padded + k] as number;
    }
    for (let row = 0; row <= column; row += PANEL) {
      tile.fill(0);
      kernels.multiplyAdd(tileAt, 4 * PANEL, PANEL, PANEL, row * bytes, bytes, 4, panelAt, 4 * PANEL, padded);
      scan(tile, row, column, n, found);
    }
  }
  return found;
}

function scan(
  tile: Float32Array,
  row: number,
  column: number,
  n: number,
  found: { max: number; min: number; squares: number },
): void {
  let { max, min, squares } = found;
  const columns = Math.min(PANEL, n - column);
  for (let i = 0; i < PANEL && row + i < n; i++) {
    for (let j = row === column ? i + 1 : 0; j < columns; j++) {
      const product = tile[i * PANEL + j] as number;
      if (product > max) max = product;
      if (product < min) min = product;
      squares += product * product;
    }
  }
  Object.assign(found, { max, min, squares });
}
