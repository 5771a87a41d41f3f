import type { TrainedFile } from "@monosema/experiments";
import { type Job, jobOf } from "@monosema/runs";
import type { SdlSpec } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { inputName, inputOf } from "../jobs/jobInputs.js";
import { pinsOf } from "../jobs/pinsOf.js";
import { commonOptions, parseOptions } from "../options.js";
import type { Session } from "../session.js";
import { openAnchors } from "../train/anchors.js";
import { configFrom, type TrainConfig } from "../train/config.js";
import type { TrainingData } from "../train/data.js";
import { fileFacts } from "../train/fileFacts.js";
import { trainOptions } from "../train/options.js";
import { specFrom } from "../train/spec.js";
import { UsageError } from "../usageError.js";
import { version } from "../version.js";
import type { GridPoint } from "./grid.js";
import { trainingArguments, trainingOptions } from "./options.js";

/** A training of a sweep. */
export interface TrainJob {
  /** The job. */
  readonly job: Job;
  /** What the grid varies. */
  readonly point: Readonly<Record<string, string>>;
  /** Its objective. */
  readonly spec: SdlSpec;
  /** Its configuration. */
  readonly config: TrainConfig;
}

/**
 * The trainings of a sweep, each checked as `train` checks its command line.
 *
 * @param own - arguments for the configurations alone, such as how often states are saved: they decide no result
 * @throws UsageError that names the point of the grid
 */
export async function trainJobs(
  session: Session,
  points: readonly GridPoint[],
  data: TrainingData,
  backend: Backend,
  own: readonly string[] = [],
): Promise<readonly TrainJob[]> {
  const { given } = session;
  const option = given.texts("source").length > 0 ? "source" : "data";
  const anchors = given.text("anchors");
  const files: [string, TrainedFile][] = data.files.map((file, i) => [inputName(option, i), file]);
  data.targetFiles.forEach((file, i) => void files.push([inputName("target", i), file]));
  if (anchors !== undefined) files.push([inputName("anchors", 0), await fileFacts("anchors", anchors)]);
  const inputs = Object.fromEntries(files.map(([name, file]) => [name, inputOf(file)]));
  const matrices = Object.fromEntries(files.map(([name, { tensor }]) => [name, tensor ?? null]));
  const jobs: TrainJob[] = [];
  for (const varied of points) {
    const point = Object.fromEntries(varied);
    const options = { ...trainingOptions(given), ...point };
    const checked = await checkedPoint(session, options, point, data, anchors, own);
    const job = jobOf({
      kind: "train",
      parameters: { options, matrices },
      inputs,
      pins: pinsOf(backend),
      version,
    });
    jobs.push({ job, point, ...checked });
  }
  return jobs;
}

/** Objective and configuration of a point, where all of its options can work. */
async function checkedPoint(
  session: Session,
  options: Readonly<Record<string, string | true>>,
  point: Readonly<Record<string, string>>,
  data: TrainingData,
  anchors: string | undefined,
  own: readonly string[],
): Promise<Pick<TrainJob, "spec" | "config">> {
  try {
    const where = data.targetFiles.map(({ path }) => `--target=${path}`);
    const sources = session.given.texts("source").map((text) => `--source=${text}`);
    const all = { ...trainOptions, ...commonOptions };
    const given = parseOptions("train", all, [...trainingArguments(options), ...where, ...sources, ...own]);
    const spec = specFrom(given, data);
    const config = configFrom({ ...session, given, seed: given.whole("seed", 0) ?? 0 }, data, spec);
    if (anchors !== undefined) await openAnchors(anchors, spec);
    return { spec, config };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${pointText(point)}: ${error.message}`, { cause: error });
  }
}

/** A point of the grid for a person. */
export const pointText = (point: Readonly<Record<string, string>>): string =>
  Object.entries(point)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ") || "the only run";
