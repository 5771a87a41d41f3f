import { type Mat, norm, row } from "@monosema/numerics";

/** max_i ||gradient row|| ||row|| / (2 E0): does not change when encoder and decoder rows are rescaled against each other. */
export function relativeGradient(gradients: Mat, rows: Mat, e0: number): number {
  let largest = 0;
  for (let i = 0; i < rows.rows; i++) largest = Math.max(largest, norm(row(gradients, i)) * norm(row(rows, i)));
  return largest / (2 * e0);
}
