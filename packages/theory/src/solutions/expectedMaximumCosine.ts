/** Nodes of the quadrature over the angle. */
const NODES = 4001;

/**
 * Expected largest of `count` cosines between a fixed direction and independent uniform directions in `dimension` dimensions:
 * 1 - integral of F(c)^count over c, F the distribution of one cosine.
 */
export function expectedMaximumCosine(count: number, dimension: number): number {
  if (count === 0) return 0;
  if (dimension === 1) return 1 - 2 * 0.5 ** count;
  // The angle concentrates at pi / 2 with width 1 / sqrt(dimension).
  const half = Math.min(Math.PI / 2, 14 / Math.sqrt(dimension - 1));
  const step = (2 * half) / (NODES - 1);
  const angle = (k: number) => Math.PI / 2 - half + k * step;
  const density = (k: number) => Math.max(0, Math.sin(angle(k))) ** (dimension - 2);
  // Pr(angle <= node), by Simpson's rule on the half steps.
  const below = new Float64Array(NODES);
  for (let k = 1; k < NODES; k++) {
    below[k] = (below[k - 1] as number) + (step / 6) * (density(k - 1) + 4 * density(k - 0.5) + density(k));
  }
  const all = below[NODES - 1] as number;
  let integral = 0;
  for (let k = 0; k < NODES; k++) {
    const inner = k === 0 || k === NODES - 1 ? 1 : k % 2 === 1 ? 4 : 2;
    const distribution = 1 - (below[k] as number) / all;
    integral += (step / 3) * inner * distribution ** count * Math.sin(angle(k));
  }
  // Cosines above the nodes have F = 1 and add to the integral, those below have F = 0.
  return Math.cos(angle(0)) - integral;
}
