import { incompleteBeta } from "./incompleteBeta.js";

/** What random dictionaries score. */
export interface RandomBaseline {
  /** Expected M_IP with absolute cosines. */
  readonly absolute: number;
  /** Expected M_IP with signed cosines. */
  readonly signed: number;
}

const INTERVALS = 4000;

/**
 * Expected largest cosine of a fixed direction with nQ independent random unit rows: the M_IP of chance. The absolute one is
 * the integral of 1 - F(c)^nQ over 0 to 1 with F(c) = I_{c^2}(1/2, (d-1)/2).
 *
 * @param nQ - number of rows
 * @param dimension - d, at least 2
 * @throws RangeError for sizes out of range
 */
export function randomBaseline(nQ: number, dimension: number): RandomBaseline {
  if (!Number.isSafeInteger(nQ) || nQ < 1 || !Number.isSafeInteger(dimension) || dimension < 2) {
    throw new RangeError(
      `randomBaseline: nQ must be a positive and dimension an integer of at least 2, got ${nQ} and ${dimension}; change them`,
    );
  }
  const half = (dimension - 1) / 2;
  // F from its upper tail, so that F^nQ keeps its digits near 1.
  const tail = (c: number): number => incompleteBeta(1 - c * c, half, 0.5);
  const absolute = integrate((c) => 1 - Math.exp(nQ * Math.log1p(-tail(c))));
  const signed = integrate((c) => 1 - Math.exp(nQ * Math.log1p(-tail(c) / 2)) - (tail(c) / 2) ** nQ);
  return { absolute, signed };
}

/** Simpson's rule over 0 to 1. */
function integrate(f: (c: number) => number): number {
  let sum = f(0) + f(1);
  for (let i = 1; i < INTERVALS; i++) sum += f(i / INTERVALS) * (i % 2 === 0 ? 2 : 4);
  return sum / (3 * INTERVALS);
}
