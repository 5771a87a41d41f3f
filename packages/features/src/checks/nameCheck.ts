import type { NameCheck } from "../featureRecord.js";
import { placeOf } from "../finish/sortedRows.js";
import type { WatchedLatent } from "../statistics/featureState.js";

/**
 * How well a rule describes where a latent fires strongly, over all rows.
 *
 * @param rule - as it was given
 * @param firings - all firings of the latent
 * @param described - the rows that the rule describes, ascending
 * @param rows - rows that were read
 */
export function nameCheck(
  rule: string,
  { rows: fired, values }: WatchedLatent,
  described: Int32Array,
  rows: number,
): NameCheck {
  const half = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 2;
  let [strong, right, covered] = [0, 0, 0];
  fired.forEach((row, i) => {
    const isDescribed = placeOf(described, row) >= 0;
    covered += Number(isDescribed);
    if (Math.abs(values[i] as number) < half) return;
    strong += 1;
    right += Number(isDescribed);
  });
  return {
    rule,
    precision: quotient(right, strong),
    interval: wilson(right, strong),
    coverage: quotient(covered, described.length),
    base: quotient(described.length, rows),
    rows: strong,
  };
}

/** Wilson's interval of a share, 95 % (1927): 0 to 1 where nothing was counted. */
export function wilson(hits: number, count: number): readonly [low: number, high: number] {
  if (count === 0) return [0, 1];
  const z = 1.959963984540054;
  const share = hits / count;
  const middle = share + z ** 2 / (2 * count);
  const spread = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  const scale = 1 + z ** 2 / count;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}

const quotient = (a: number, b: number): number => (b === 0 ? 0 : a / b);
