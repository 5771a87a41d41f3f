import { type ExtremeRows, extremeRows, type Rows, rowNorms } from "@monosema/sdl";
import type { Given, Option } from "./options.js";
import type { Session } from "./session.js";
import { UsageError } from "./usageError.js";

/** The option of commands that can leave rows of extreme norm out. */
export const maxNormOption: Readonly<Record<"max-norm", Option>> = {
  "max-norm": { value: "RATIO", help: "leave out rows whose norm exceeds RATIO times the median (default none)" },
};

/** `--max-norm`, at least 1. */
export const maxNormFrom = (given: Given): number | undefined => given.number("max-norm", 1);

/** Norms above this many times the median are named. */
const EXTREME = 10;

/**
 * The rows that `--max-norm` leaves out, ascending: where input or target is extreme. Without it none, but a warning where some
 * would own what is measured.
 *
 * @param sides - samples by the option that they come from
 */
export async function extremeNorms(
  { warn }: Session,
  sides: Readonly<Record<string, Rows | undefined>>,
  maxNorm: number | undefined,
): Promise<Int32Array> {
  const dropped = new Set<number>();
  for (const [option, rows] of Object.entries(sides)) {
    if (rows === undefined) continue;
    const found = extremeRows(await rowNorms(rows), maxNorm ?? EXTREME);
    if (maxNorm === undefined && found.rows.length > 0) warn(extremeWarning(option, rows.rows, found));
    if (maxNorm !== undefined) for (const row of found.rows) dropped.add(row);
  }
  return Int32Array.from(dropped).sort();
}

function extremeWarning(option: string, of: number, { rows, ratios, median }: ExtremeRows): string {
  const some = [...rows.slice(0, 5)].join(", ");
  const largest = ratios.reduce((a, b) => Math.max(a, b)).toPrecision(3);
  return `--${option}: ${rows.length} of ${of} rows have norms above ${EXTREME} times the median of ${median.toPrecision(3)}, up to ${largest} times (${rows.length === 1 ? "row" : "rows"} ${some}${rows.length > 5 ? ", ..." : ""}); they own loss and fvu: --max-norm ${EXTREME} leaves them out`;
}

/**
 * Refuses samples that are all zero.
 *
 * @throws UsageError that names the option
 */
export async function refuseZeros(option: string, { rows, readRows }: Rows): Promise<void> {
  for (let start = 0; start < rows; start += 4096) {
    const some = await readRows(start, Math.min(4096, rows - start));
    if (some.some((value) => value !== 0)) return;
  }
  throw new UsageError(`--${option} must hold a sample that is not zero, got only zeros; check the data`);
}
