import type { BenchRow } from "../../records.js";
import type { RowGroup } from "../groups.js";
import { deviation, mean } from "../statistics.js";

/** What anchors changed in one method, on the features that they do not hold. */
export interface Gain {
  /** Method as it is shown. */
  readonly method: string;
  /** Share of those features that the runs without anchors find, mean over seeds. */
  readonly plain: number;
  /** Share that the anchored runs find. */
  readonly anchored: number;
  /** Mean difference. */
  readonly change: number;
  /** Sample standard deviation of the differences over seeds; undefined for one seed. */
  readonly deviation: number | undefined;
  /** Seeds that have both runs. */
  readonly seeds: number;
  /** Mean difference of the held-out fvu; undefined where one has none. */
  readonly fvu: number | undefined;
}

/**
 * Compares anchored with plain runs of the same method and seed. Both are scored on the same features: those that the anchored run
 * does not hold; the plain row's own share is over all features.
 */
export function gains(plain: readonly RowGroup[], anchored: readonly RowGroup[]): readonly Gain[] {
  return anchored.flatMap(({ method, rows }) => {
    const others = plain.find((group) => group.method === method)?.rows ?? [];
    const pairs = rows.flatMap((row) => {
      const other = others.find(({ seed }) => seed === row.seed);
      return other === undefined ? [] : [pairOf(other, row)];
    });
    if (pairs.length === 0) return [];
    const changes = pairs.map(({ before, after }) => after - before);
    const fvus = pairs.map(({ fvu }) => fvu);
    return [
      {
        method,
        plain: mean(pairs.map(({ before }) => before)),
        anchored: mean(pairs.map(({ after }) => after)),
        change: mean(changes),
        deviation: deviation(changes),
        seeds: pairs.length,
        fvu: fvus.every((value) => value !== undefined) ? mean(fvus) : undefined,
      },
    ];
  });
}

function pairOf(
  plain: BenchRow,
  anchored: BenchRow,
): { readonly before: number; readonly after: number; readonly fvu: number | undefined } {
  const scored = [...anchored.outcomes].flatMap((outcome, feature) => (outcome === "a" ? [] : [feature]));
  const found = scored.filter((feature) => plain.outcomes[feature] === "f").length;
  const [a, b] = [plain.metrics.fvu, anchored.metrics.fvu];
  return {
    before: found / Math.max(1, scored.length),
    after: anchored.metrics.found,
    fvu: a === null || b === null ? undefined : b - a,
  };
}
