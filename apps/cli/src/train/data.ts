import type { TrainedFile } from "@monosema/experiments";
import { type Rows, withoutRows } from "@monosema/sdl";
import { openData, openTarget, stacked } from "../data.js";
import { extremeNorms, refuseZeros } from "../extremeNorms.js";
import type { Session } from "../session.js";
import { fileFacts } from "./fileFacts.js";

/** Samples, and the targets that belong to them row by row. */
export interface Pairs {
  /** Samples `[N, P]`. */
  readonly input: Rows;
  /** Targets `[N, R]` of a transcoder, the same rows. */
  readonly target?: Rows;
}

/** What a run is given: its pairs leave out rows of extreme norm where that is asked for. */
export interface TrainingData extends Pairs {
  /** What `--data` or `--source` names. */
  readonly files: readonly TrainedFile[];
  /** Widths of the sources of a crosscoder, else that of all. */
  readonly widths: readonly number[];
  /** The file of `--target`. */
  readonly targetFile?: TrainedFile;
  /** Rows that were left out. */
  readonly dropped: number;
}

/** Absolute texts of options, each `FILE` or `FILE:matrix`. */
export interface DataPaths {
  /** Those of `--data` or `--source`. */
  readonly data: readonly string[];
  /** They are the sources of a crosscoder, side by side; else their rows follow each other. */
  readonly sideBySide: boolean;
  /** That of `--target`. */
  readonly target?: string | undefined;
}

/**
 * Opens samples and targets: refuses zeros, names or leaves out rows of extreme norm.
 *
 * @param maxNorm - rows above this many times the median norm are left out
 */
export async function openTrainingData(
  session: Session,
  paths: DataPaths,
  maxNorm: number | undefined,
): Promise<TrainingData> {
  session.doing("reading the data");
  const parts: Rows[] = [];
  for (const texts of paths.sideBySide ? paths.data.map((text) => [text]) : [paths.data]) {
    parts.push(await openData("data", ...texts));
  }
  const all = await stacked(parts);
  const targets = await openTarget(paths.target, all);
  await refuseZeros("data", all);
  if (targets) await refuseZeros("target", targets);
  const extreme = await extremeNorms(session, { data: all, target: targets }, maxNorm);
  const files: TrainedFile[] = [];
  for (const text of paths.data) files.push(await fileFacts("data", text));
  return {
    files,
    widths: parts.map(({ columns }) => columns),
    ...(paths.target === undefined ? {} : { targetFile: await fileFacts("target", paths.target) }),
    input: withoutRows(all, extreme),
    ...(targets ? { target: withoutRows(targets, extreme) } : {}),
    dropped: extreme.length,
  };
}
