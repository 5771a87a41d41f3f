import type { TrainingRule } from "./kind.js";
import { type Activation, kindOf, kindsThat } from "./table.js";

/**
 * The rule of an activation in a training step.
 *
 * @param k - see `ActivationKind.training`
 * @throws RangeError for one that can only be run
 */
export function trainingRule(activation: Activation, k?: number | readonly number[]): TrainingRule {
  const rule = kindOf(activation).training?.(activation, k);
  if (rule !== undefined) return rule;
  const trainable = kindsThat(() => true);
  throw new RangeError(`train: the activation must be ${trainable}, got ${activation.kind}; train one of these`);
}
