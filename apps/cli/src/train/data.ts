import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { TrainedFile } from "@monosema/experiments";
import { type Rows, withoutRows } from "@monosema/sdl";
import { openData, openTarget, stacked } from "../data.js";
import { dataFile } from "../dataFile.js";
import { extremeNorms, refuseZeros } from "../extremeNorms.js";
import type { Session } from "../session.js";

/** Samples, and the targets that belong to them row by row. */
export interface Pairs {
  /** Samples `[N, P]`. */
  readonly input: Rows;
  /** Targets `[N, R]` of a transcoder, the same rows. */
  readonly target?: Rows;
}

/** What a run is given: its pairs leave out rows of extreme norm where that is asked for. */
export interface TrainingData extends Pairs {
  /** The files of `--data`. */
  readonly files: readonly TrainedFile[];
  /** Width of each. */
  readonly widths: readonly number[];
  /** The file of `--target`. */
  readonly targetFile?: TrainedFile;
  /** Rows that were left out. */
  readonly dropped: number;
}

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
  await refuseZeros("data", all);
  if (targets) await refuseZeros("target", targets);
  const extreme = await extremeNorms(session, { data: all, target: targets }, maxNorm);
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

async function fileFacts(text: string, rows: number): Promise<TrainedFile> {
  const { path, tensor } = dataFile(text);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return { path, ...(tensor === undefined ? {} : { tensor }), sha256: hash.digest("hex"), rows };
}
