import { nonNegativeLeastSquares } from "@monosema/numerics";

/**
 * The dual rows of anchors: d^i is the shortest row with <d^i, a^i> = 1 and <d^i, a^j> <= 0 for the other anchors, so that under ReLU
 * an encoder row does not fire on another anchor. d^i = rho / ||rho||^2 with rho the residual of the
 * non-negative least squares of a^i on the others.
 *
 * @param anchors - unit rows `[K, P]`
 * @returns `[K, P]`
 * @throws RangeError when an anchor lies in the cone of the others, where no such row exists
 */
export function dualRows(anchors: Float32Array | Float64Array, count: number): Float64Array {
  const width = anchors.length / count;
  const out = new Float64Array(anchors.length);
  for (let i = 0; i < count; i++) {
    const own = Float64Array.from(anchors.subarray(i * width, (i + 1) * width));
    const others = new Float64Array(width * (count - 1)); // columns are the other anchors
    for (let j = 0, column = 0; j < count; j++) {
      if (j === i) continue;
      for (let d = 0; d < width; d++) others[d * (count - 1) + column] = anchors[j * width + d] as number;
      column++;
    }
    const { residual } = nonNegativeLeastSquares({ rows: width, cols: count - 1, data: others }, own);
    const squares = residual.reduce((sum, v) => sum + v * v, 0);
    if (!(squares > 1e-12)) {
      throw new RangeError(
        `dualRows: anchor ${i} must not lie in the cone of the other anchors, got a residual of ${Math.sqrt(squares)}; drop it`,
      );
    }
    out.set(
      residual.map((v) => v / squares),
      i * width,
    );
  }
  return out;
}
