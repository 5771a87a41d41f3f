import type { AdditiveModel, PiecewiseLinear } from "./calibration.js";

/** Numbers by name. */
export type Named = Readonly<Record<string, number>>;

/** What each number adds to the log odds; 0 where one is not defined. */
export function contributions(model: AdditiveModel, statistics: Named, context: Named): Record<string, number> {
  const result: Record<string, number> = {};
  for (const [name, curve] of Object.entries(model.statistics)) result[name] = valueAt(curve, statistics[name]);
  for (const [name, curve] of Object.entries(model.context)) result[name] = valueAt(curve, context[name]);
  return result;
}

/** The probability that a model gives. */
export function probability(model: AdditiveModel, statistics: Named, context: Named): number {
  const added = Object.values(contributions(model, statistics, context));
  return 1 / (1 + Math.exp(-added.reduce((sum, value) => sum + value, model.intercept)));
}

/** A piecewise linear function at x; 0 where x is not a number. */
export function valueAt({ knots, values }: PiecewiseLinear, x: number = Number.NaN): number {
  if (Number.isNaN(x) || knots.length === 0) return 0;
  const last = knots.length - 1;
  if (x <= (knots[0] as number)) return values[0] as number;
  if (x >= (knots[last] as number)) return values[last] as number;
  let above = 1;
  while ((knots[above] as number) < x) above++;
  const [low, high] = [knots[above - 1] as number, knots[above] as number];
  const t = (x - low) / (high - low);
  return (1 - t) * (values[above - 1] as number) + t * (values[above] as number);
}
