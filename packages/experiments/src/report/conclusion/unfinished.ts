import { meanOf, type RowGroup } from "../groups.js";
import { mean } from "../statistics.js";
import { list, percent } from "./words.js";

/** A fall of the missed variance in the last quarter of a training above which it was not finished. */
const STILL_FALLING = 0.1;

/** Which trainings were still learning when they ended; empty for none. */
export function unfinished(groups: readonly RowGroup[]): readonly string[] {
  const falls = groups.map((group) => ({
    group,
    fall: meanOf(group, ({ curve }) => fallOf(curve.flatMap(({ fvu }) => fvu ?? []))),
  }));
  const falling = falls.filter(({ fall }) => fall > STILL_FALLING);
  if (falling.length === 0) return [];
  const shares = falling.map(({ fall }) => fall);
  const range = [...new Set([Math.min(...shares), Math.max(...shares)].map(percent))].join(" to ");
  const which =
    falling.length === groups.length
      ? "in every run"
      : `with ${list([...new Set(falling.map(({ group }) => group.method))])}`;
  return [
    `Training is not finished: ${which} the missed variance still fell by ${range} in the last quarter of the steps; more (--steps) would raise the numbers.`,
  ];
}

/** Relative fall of the mean from the third to the last quarter; 0 for too few points. */
function fallOf(fvus: readonly number[]): number {
  const quarter = Math.floor(fvus.length / 4);
  if (quarter === 0) return 0;
  const last = mean(fvus.slice(-quarter));
  return 1 - last / mean(fvus.slice(-2 * quarter, -quarter));
}
