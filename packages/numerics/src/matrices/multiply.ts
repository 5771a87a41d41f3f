import { checkMat } from "../checks.js";
import { type Mat, zeros } from "./mat.js";
import {
  addTile,
  BLOCK,
  DEPTH,
  HEIGHT,
  leftPanels,
  loadLeft,
  packRight,
  type Strided,
  strided,
  tile,
  WIDTH,
} from "./multiplyTile.js";

/** Options of {@link multiply}. */
export interface MultiplyOptions {
  /** Use A transposed; default false. */
  readonly transposeA?: boolean;
  /** Use B transposed; default false. */
  readonly transposeB?: boolean;
}

/**
 * The product A B of two matrices, either of them transposed, in float64. Tiles of 3 x 2 results over packed panels that stay in cache
 * (Goto & van de Geijn 2008): close to two operations per cycle on one core.
 *
 * @throws RangeError where the inner sizes differ
 */
export function multiply(a: Mat, b: Mat, { transposeA = false, transposeB = false }: MultiplyOptions = {}): Mat {
  checkMat("multiply", "a", a);
  checkMat("multiply", "b", b);
  const left = strided(a, transposeA);
  const right = strided(b, !transposeB);
  if (left.inner !== right.inner) {
    throw new RangeError(
      `multiply: inner sizes must be equal, got ${left.inner} and ${right.inner}; transpose one matrix`,
    );
  }
  return product(left, right, false);
}

/** The Gram matrix A A^T of the rows of a matrix, `[rows, rows]`, exactly symmetric. */
export function gram(a: Mat): Mat {
  checkMat("gram", "a", a);
  const side = strided(a, false);
  const result = product(side, side, true);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < i; j++) result.data[i * a.rows + j] = result.data[j * a.rows + i] as number;
  }
  return result;
}

/** The product, or only its tiles on and above the diagonal. */
function product(left: Strided, right: Strided, upper: boolean): Mat {
  const result = zeros(left.outer, right.outer);
  for (let start = 0; start < left.inner; start += DEPTH) {
    const depth = Math.min(DEPTH, left.inner - start);
    const width = Math.floor(BLOCK / (WIDTH * depth)) * WIDTH;
    const panels = leftPanels(left, start, depth);
    for (let from = 0; from < result.cols; from += width) {
      const to = Math.min(from + width, result.cols);
      packRight(right, from, to, start, depth);
      for (let i = 0; i < (upper ? to : result.rows); i += HEIGHT) {
        loadLeft(panels, i, depth);
        const first = upper && i > from ? i - ((i - from) % WIDTH) : from;
        for (let j = first; j < to; j += WIDTH) {
          tile(depth, (j - from) * depth);
          addTile(result, i, j);
        }
      }
    }
  }
  return result;
}
