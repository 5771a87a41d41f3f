import type { Model } from "../model.js";

/**
 * The running threshold of a BatchTopK model.
 *
 * @param caller - function name for messages
 * @throws RangeError where it has none: without it the dictionary would be a plain ReLU
 */
export function runningThreshold(caller: string, { threshold }: Pick<Model, "threshold">): number {
  if (threshold !== undefined && threshold > 0 && threshold < Number.POSITIVE_INFINITY) return threshold;
  throw new RangeError(
    `${caller}: batchtopk needs its running threshold, a positive number, got ${threshold ?? "none"}; train at least one step`,
  );
}
