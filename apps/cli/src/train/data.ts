import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { TrainedFile } from "@monosema/experiments";
import { type ExtremeRows, extremeRows, type Rows, rowNorms, withoutRows } from "@monosema/sdl";
import { openData, openTarget, stacked } from "../data.js";
import { dataFile } from "../dataFile.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";

/** What a run is trained on. */
export interface TrainingData {
  /** The files of `--data`. */
  readonly files: readonly TrainedFile[];
  /** Width of each. */
  readonly widths: readonly number[];
  /** The file of `--target`. */
  readonly targetFile?: TrainedFile;
  /** Samples `[N, P]`, rows of extreme norm left out where that is asked for. */
  readonly input: Rows;
  /** Targets `[N, R]`, the same rows. */
  readonly target?: Rows;
  /** Rows that were left out. */
  readonly dropped: number;
}

/** Norms above this many times the median are named. */
const EXTREME = 10;

/**
 * Opens samples and targets: refuses zeros, names or leaves out rows of extreme norm.
 *
 * @param paths - absolute, each `FILE` or `FILE:tensor`
 * @param maxNorm - rows above this many times the median norm are left out
 */
export async function openTrainingData(
  session: Session,
  paths: { readonly data: readonly string[]; readonly target?: string | undefined },
  maxNorm: number | undefined,
): Promise<TrainingData> {
  session.doing("reading the data");
  const parts: Rows[] = [];
  for (const path of paths.data) parts.push(await openData("data", path));
  const all = await stacked(parts);
  const targets = await openTarget(paths.target, all);
  const extreme = await extremesOf(session, { data: all, ...(targets ? { target: targets } : {}) }, maxNorm);
  const files: TrainedFile[] = [];
  for (const path of paths.data) files.push(await fileFacts(path, all.rows));
  return {
    files,
    widths: parts.map(({ columns }) => columns),
    ...(paths.target === undefined ? {} : { targetFile: await fileFacts(paths.target, all.rows) }),
    input: withoutRows(all, extreme),
    ...(targets ? { target: withoutRows(targets, extreme) } : {}),
    dropped: extreme.length,
  };
}

/** Rows to leave out; without a limit none, but a warning where some would own the loss. */
async function extremesOf(
  { warn }: Session,
  sides: Readonly<Record<string, Rows>>,
  maxNorm: number | undefined,
): Promise<Int32Array> {
  const dropped = new Set<number>();
  for (const [option, rows] of Object.entries(sides)) {
    const found = extremeRows(await rowNorms(rows), maxNorm ?? EXTREME);
    if (found.median === 0) {
      throw new UsageError(`--${option} must hold a sample that is not zero, got only zeros; check the data`);
    }
    if (maxNorm === undefined && found.rows.length > 0) warn(extremeWarning(option, rows.rows, found));
    if (maxNorm !== undefined) for (const row of found.rows) dropped.add(row);
  }
  return Int32Array.from(dropped).sort();
}

function extremeWarning(option: string, of: number, { rows, ratios, median }: ExtremeRows): string {
  const some = [...rows.slice(0, 5)].join(", ");
  const largest = ratios.reduce((a, b) => Math.max(a, b)).toPrecision(3);
  return `--${option}: ${rows.length} of ${of} rows have norms above ${EXTREME} times the median of ${median.toPrecision(3)}, up to ${largest} times (${rows.length === 1 ? "row" : "rows"} ${some}${rows.length > 5 ? ", ..." : ""}); they own loss and scale: --max-norm ${EXTREME} leaves them out`;
}

async function fileFacts(text: string, rows: number): Promise<TrainedFile> {
  const { path, tensor } = dataFile(text);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return { path, ...(tensor === undefined ? {} : { tensor }), sha256: hash.digest("hex"), rows };
}
