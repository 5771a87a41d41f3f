/** What random dictionaries score. */
export interface RandomBaseline {
  /** Expected largest |cosine|: the M_IP of chance where signs are ignored. */
  readonly absolute: number;
  /** Expected largest signed cosine. */
  readonly signed: number;
}

/** Nodes of the quadrature over the angle; the half of them is even, as Simpson's rule needs. */
const NODES = 4001;

/**
 * Expected largest cosine of a fixed direction with nQ independent random directions in d dimensions: the M_IP of chance.
 *
 * The angle a to one direction has the density sin^(d-2) a on [0, pi]; with B(a) its distribution, one cosine is at most cos a with
 * probability 1 - B(a), one |cosine| with probability 1 - 2 B(a) for a up to pi / 2. Hence the expectations: the signed one is
 * 1 - integral of (1 - B)^nQ over cos a from -1 to 1, the absolute one the integral of 1 - (1 - 2 B)^nQ over cos a from 0 to 1. 2 nQ
 * directions of random sign are not nQ lines: at nQ = 1, d = 2 they reach 4 / pi^2, a line 2 / pi.
 *
 * @param nQ - number of rows; 0 gives 0
 * @param dimension - d, at least 1
 * @throws RangeError for sizes out of range
 */
export function randomBaseline(nQ: number, dimension: number): RandomBaseline {
  if (!Number.isSafeInteger(nQ) || nQ < 0 || !Number.isSafeInteger(dimension) || dimension < 1) {
    throw new RangeError(
      `randomBaseline: nQ must be a whole number of at least 0 and dimension one of at least 1, got ${nQ} and ${dimension}; change them`,
    );
  }
  if (nQ === 0) return { absolute: 0, signed: 0 };
  if (dimension === 1) return { absolute: 1, signed: 1 - 2 * 0.5 ** nQ };
  // The angle concentrates at pi / 2 with width 1 / sqrt(d).
  const half = Math.min(Math.PI / 2, 14 / Math.sqrt(dimension - 1));
  const step = (2 * half) / (NODES - 1);
  const angle = (k: number): number => Math.PI / 2 - half + k * step;
  const shares = anglesBelow(step, (k) => Math.max(0, Math.sin(angle(k))) ** (dimension - 2));
  const middle = (NODES - 1) / 2;
  const cosineIntegral = (end: number, f: (share: number) => number): number =>
    simpson(end, step, (k) => f(shares[k] as number) * Math.sin(angle(k)));
  return {
    absolute: cosineIntegral(middle, (share) => -Math.expm1(nQ * Math.log1p(-Math.min(1, 2 * share)))),
    // Cosines above the nodes have a distribution of 1 and add to the integral, those below have 0.
    signed: Math.cos(angle(0)) - cosineIntegral(NODES - 1, (share) => (1 - share) ** nQ),
  };
}

/** B at each node, by Simpson's rule on the half steps. */
function anglesBelow(step: number, density: (k: number) => number): Float64Array {
  const below = new Float64Array(NODES);
  for (let k = 1; k < NODES; k++) {
    below[k] = (below[k - 1] as number) + (step / 6) * (density(k - 1) + 4 * density(k - 0.5) + density(k));
  }
  const all = below[NODES - 1] as number;
  return below.map((share) => share / all);
}

/** The integral from node 0 to node `end`, an even number. */
function simpson(end: number, step: number, f: (k: number) => number): number {
  let sum = 0;
  for (let k = 0; k <= end; k++) sum += (k === 0 || k === end ? 1 : k % 2 === 1 ? 4 : 2) * f(k);
  return (step / 3) * sum;
}
