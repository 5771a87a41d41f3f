import { addScaled, dot, type LeastDistance, leastDistance, type Mat, norm, row, zeros } from "@monosema/numerics";

/**
 * Encoder rows, each from its own subspace, under which every feature of a disjoint pattern selects its latent alone with Top-1 after
 * ReLU, and the other features none: one least-distance problem over all rows.
 *
 * @param bases - orthonormal rows per latent, `[any, nP]` each
 * @returns rows `[nQ, nP]` with their smallest relative margin, null unless solved
 */
export function topOneRows(
  featuresP: Mat,
  pattern: readonly (readonly number[])[],
  bases: readonly Mat[],
): { readonly status: LeastDistance["status"]; readonly encoder: Mat; readonly margin: number } {
  const starts = bases.map((_, i) => bases.slice(0, i).reduce((sum, { rows }) => sum + rows, 0));
  const size = bases.reduce((sum, { rows }) => sum + rows, 0);
  const latentOf = new Int32Array(featuresP.rows).fill(-1);
  pattern.forEach((set, i) => {
    for (const d of set) latentOf[d] = i;
  });
  const constraints: Float64Array[] = [];
  for (let d = 0; d < featuresP.rows; d++) {
    const direction = row(featuresP, d);
    const length = norm(direction);
    if (length === 0 && latentOf[d] === -1) continue;
    const winner = latentOf[d] as number;
    const add = (latent: number, factor: number, to: Float64Array): void => {
      const basis = bases[latent] as Mat;
      for (let k = 0; k < basis.rows; k++) to[(starts[latent] as number) + k] = factor * dot(row(basis, k), direction);
    };
    if (winner >= 0) {
      const positive = new Float64Array(size);
      add(winner, 1 / length, positive);
      constraints.push(positive);
    }
    pattern.forEach((_, other) => {
      if (other === winner) return;
      const below = new Float64Array(size);
      add(other, -1 / length, below);
      if (winner >= 0) add(winner, 1 / length, below);
      constraints.push(below);
    });
  }
  const g = zeros(constraints.length, size);
  constraints.forEach((values, at) => {
    g.data.set(values, at * size);
  });
  const { status, x } = leastDistance(g, new Float64Array(constraints.length).fill(1));
  const encoder = zeros(bases.length, featuresP.cols);
  bases.forEach((basis, i) => {
    for (let k = 0; k < basis.rows; k++)
      addScaled(row(encoder, i), row(basis, k), x[(starts[i] as number) + k] as number);
  });
  return { status, encoder, margin: status === "solved" && norm(x) > 0 ? 1 / norm(x) : 0 };
}
