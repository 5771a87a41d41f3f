import { didYouMean } from "../didYouMean.js";
import type { Given, Option, Options } from "../options.js";
import { UsageError } from "../usageError.js";

/** Values of options that are tried, by option. */
export type Grid = ReadonlyMap<string, readonly string[]>;

/** One value of each option of a grid. */
export type GridPoint = ReadonlyMap<string, string>;

/**
 * A grid from texts `KEY=V,V,...`, where `A..B` stands for the whole numbers from A to B.
 *
 * @param options - those that may be varied
 * @throws UsageError for a key that is none of them, or comes twice, or without values
 */
export function parseGrid(texts: readonly string[], options: Options): Grid {
  const grid = new Map<string, readonly string[]>();
  for (const text of texts) {
    const [, key = text, list = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (!Object.hasOwn(options, key)) {
      const names = Object.keys(options);
      throw new UsageError(
        `--grid must vary an option of train, got ${key}${didYouMean(key, names)}; use one of ${names.join(", ")}`,
      );
    }
    const values = list.split(",").flatMap((one) => range(one.trim()));
    if (values.length === 0 || values.includes("")) {
      throw new UsageError(`--grid ${key} must list values, such as ${key}=1,2 or seed=0..4, got ${text}; list them`);
    }
    if (grid.has(key)) throw new UsageError(`--grid ${key} may be given once, got it again; join the lists`);
    grid.set(key, [...new Set(values)]);
  }
  return grid;
}

/** The option that varies others. */
export const gridOption: Readonly<Record<"grid", Option>> = {
  grid: {
    value: "KEY=V,V",
    help: "values of an option of train, such as k=16,32 or seed=0..4; may be repeated: every combination is trained, with train side by side in one process",
    multiple: true,
  },
};

/** All points of a grid; the last option varies fastest. */
export function gridPoints(grid: Grid): readonly GridPoint[] {
  let points: readonly GridPoint[] = [new Map()];
  for (const [key, values] of grid)
    points = points.flatMap((point) => values.map((value) => new Map([...point, [key, value]])));
  return points;
}

/** Most whole numbers that a range stands for. */
const most = 100_000;

function range(text: string): readonly string[] {
  const [, from, to] = /^(-?\d+)\.\.(-?\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return [text];
  const count = Number(to) - Number(from) + 1;
  if (count < 1 || count > most) {
    throw new UsageError(`--grid ranges must rise over at most ${most} numbers, got ${text}; write the smaller first`);
  }
  return Array.from({ length: count }, (_, i) => String(Number(from) + i));
}

/** Refuses options that are given beside a grid that varies them. */
export function refuseVariedTwice(given: Given, keys: Iterable<string>): void {
  for (const key of keys) {
    if (given.text(key) === undefined) continue;
    throw new UsageError(
      `--${key} must be given once, got --${key} ${given.text(key)} and --grid ${key}; drop one of them`,
    );
  }
}
