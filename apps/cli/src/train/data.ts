import type { TrainedFile } from "@monosema/experiments";
import { type Rows, type SdlSpec, withoutRows } from "@monosema/sdl";
import { openData, refuseUnpaired, stacked } from "../data.js";
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
  /** Widths of the sources, where they stand side by side, else that of all. */
  readonly widths: readonly number[];
  /** What `--target` names. */
  readonly targetFiles: readonly TrainedFile[];
  /** Widths of the targets, as of the sources; none where there are none. */
  readonly targetWidths: readonly number[];
  /** Rows that were left out. */
  readonly dropped: number;
}

/** Absolute texts of options, each `FILE` or `FILE:matrix`. */
export interface DataPaths {
  /** Those of `--data` or `--source`. */
  readonly data: readonly string[];
  /** Those of `--target`. */
  readonly target: readonly string[];
  /** They stand side by side, one for each source and target; else their rows follow each other. */
  readonly sideBySide: boolean;
}

/** Whether several files are sources, or the targets of layers, side by side: for others their rows follow each other. */
export const standSideBySide = (variant: SdlSpec["variant"]): boolean =>
  variant === "crosscoder" || variant === "crosslayer";

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
  const [inputs, outputs] = [await openSide("data", paths), await openSide("target", paths)];
  const [all, targets] = [inputs.rows as Rows, outputs.rows];
  if (targets) refuseUnpaired(targets, all);
  await refuseZeros("data", all);
  if (targets) await refuseZeros("target", targets);
  const extreme = await extremeNorms(session, { data: all, target: targets }, maxNorm);
  return {
    files: await factsOf("data", paths),
    widths: inputs.widths,
    targetFiles: await factsOf("target", paths),
    targetWidths: outputs.widths,
    input: withoutRows(all, extreme),
    ...(targets ? { target: withoutRows(targets, extreme) } : {}),
    dropped: extreme.length,
  };
}

interface Side {
  readonly rows: Rows | undefined;
  readonly widths: readonly number[];
}

async function openSide(option: "data" | "target", { sideBySide, ...paths }: DataPaths): Promise<Side> {
  const texts = paths[option];
  if (texts.length === 0) return { rows: undefined, widths: [] };
  const parts: Rows[] = [];
  for (const some of sideBySide ? texts.map((text) => [text]) : [texts]) parts.push(await openData(option, ...some));
  return { rows: await stacked(option, parts), widths: parts.map(({ columns }) => columns) };
}

async function factsOf(option: "data" | "target", paths: DataPaths): Promise<readonly TrainedFile[]> {
  const files: TrainedFile[] = [];
  for (const text of paths[option]) files.push(await fileFacts(option, text));
  return files;
}
