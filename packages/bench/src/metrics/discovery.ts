import type { Backend } from "@monosema/tensor";
import { bestMatches } from "./matches.js";
import { similarity } from "./similarity.js";
import type { Directions } from "./unitDirections.js";

/** How well a set of directions covers the true features. */
export interface DiscoveryReport {
  /** Share of the directions that lie along a feature. */
  readonly precision: number;
  /** Share of the features that a direction lies along. */
  readonly recall: number;
  /** Number of directions. */
  readonly found: number;
}

/**
 * Precision and recall of discovered directions, such as anchors: |cos| > tau counts as lying along. No directions give 0 and 0.
 *
 * @param directions - `[K, width]`
 * @param features - `[N, width]`
 * @param tau - between 0 and 1, default .95
 */
export async function discovery(
  backend: Backend,
  directions: Directions,
  features: Directions,
  width: number,
  tau = 0.95,
): Promise<DiscoveryReport> {
  if (!(tau > 0 && tau < 1)) {
    throw new RangeError(`discovery: tau must lie between 0 and 1, got ${tau}; pass a threshold such as .95`);
  }
  if (directions.count === 0) return { precision: 0, recall: 0, found: 0 };
  const { cosine, rows, columns } = await similarity(backend, directions, features, width);
  const values = cosine.map(Math.abs);
  const { best, featureOf } = bestMatches({ values, rows, columns });
  const along = featureOf.filter((feature, direction) => (values[direction * columns + feature] as number) > tau);
  return {
    precision: along.length / rows,
    recall: best.filter((value) => value > tau).length / columns,
    found: rows,
  };
}
