import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { countRuns, formatWhole } from "@monosema/experiments/format";
import type { SweepDocument, SweepRun } from "@monosema/experiments/report";
import { JobError } from "@monosema/runs";
import { DivergenceError, type SharedSource, sharedBatches } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { maxNormFrom } from "../extremeNorms.js";
import type { Session } from "../session.js";
import { bytesText, memoryOfAll } from "../sweep/estimate.js";
import { gridPoints, parseGrid, refuseVariedTwice } from "../sweep/grid.js";
import { gridOptions } from "../sweep/options.js";
import { pointText, type TrainJob, trainJobs } from "../sweep/trainJobs.js";
import { finishSweep } from "../sweep/writeSweep.js";
import { UsageError } from "../usageError.js";
import { openAnchors } from "./anchors.js";
import { openTrainingData, type TrainingData } from "./data.js";
import { givenPaths } from "./givenPaths.js";
import { splitPairs } from "./holdout.js";
import { openTrainBackend } from "./openTrainBackend.js";
import { batchesOf, trainDictionary } from "./run.js";
import { together } from "./together.js";

/** What `--grid` cannot stand beside, and why. */
const excluded: Readonly<Record<string, string>> = {
  init: "each run starts by itself",
  resume: "each folder of --out is a run of its own, which --resume takes",
  seeds: "--grid seed=0..2 varies the seed",
};
/** What each run is told beside the options that decide its result. */
const own: readonly string[] = ["anchors", "backend", "tier", "save-every", "save-every-seconds"];

/**
 * Trains the dictionaries of a grid side by side on one backend, each in a folder of its own: batches are read once for all that take the
 * same rows in the same order. Their weights are those of `train` for each.
 */
export async function trainGrid(session: Session): Promise<void> {
  const { given } = session;
  for (const [name, reason] of Object.entries(excluded)) {
    if (given.text(name) === undefined) continue;
    throw new UsageError(`--grid and --${name} exclude each other: ${reason}; leave one of them out`);
  }
  const points = gridPoints(parseGrid(given.texts("grid"), gridOptions));
  refuseVariedTwice(given, points[0]?.keys() ?? []);
  const out = session.output();
  const data = await openTrainingData(session, givenPaths(session), maxNormFrom(given));
  const planned = await session.backend();
  const args = own.flatMap((name) => (given.text(name) === undefined ? [] : [`--${name}=${given.text(name)}`]));
  const jobs = await trainJobs(session, points, data, planned, args);
  await planned.close();
  const backend = await openTrainBackend(session, (jobs[0] as TrainJob).config, undefined);
  const { sources, orders } = sourcesOf(jobs, data);
  const memory = memoryOfAll(
    jobs.map(({ spec }) => spec),
    data,
  );
  session.say(
    `${formatWhole(jobs.length)} dictionaries side by side, ${formatWhole(orders)} orders of the rows, up to ${bytesText(memory)} of memory`,
  );
  const folders = jobs.map(({ point }) => session.inside(folderName(point)));
  session.keeps(`states are in the folders of ${out}; each goes on with monosema train --resume FOLDER`);
  const { parts, end } = together(
    session,
    jobs.map(({ point, config }) => ({ name: pointText(point), steps: config.steps })),
    [...session.document(backend, out, {}).warnings],
  );
  const outcomes = await Promise.allSettled(
    jobs.map((job, run) =>
      trained(parts[run] as Session, backend, data, folders[run] as string, job, sources[run] as SharedSource),
    ),
  ).finally(end);
  await backend.close();
  const rows = outcomes.map((outcome) => {
    if (outcome.status === "fulfilled") return outcome.value;
    throw outcome.reason;
  });
  await finish(session, backend, out, rows);
}

/** What every run reads: those whose rows and order are the same share a source. */
function sourcesOf(jobs: readonly TrainJob[], data: TrainingData) {
  const groups = new Map<string, number[]>();
  for (const [run, { config }] of jobs.entries()) {
    const key = JSON.stringify([config.holdout, config.batch, config.seed]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const sources: SharedSource[] = [];
  for (const runs of groups.values()) {
    const { config } = jobs[runs[0] as number] as TrainJob;
    const source = batchesOf(config, splitPairs(data, config.holdout).training);
    for (const [i, own] of sharedBatches(source, runs.length).entries()) sources[runs[i] as number] = own;
  }
  return { sources, orders: groups.size };
}

/** One of the runs, as a row of the document; one that diverges leaves the others alone. */
async function trained(
  session: Session,
  backend: Backend,
  data: TrainingData,
  folder: string,
  { job, spec, config }: TrainJob,
  batches: SharedSource,
): Promise<SweepRun> {
  const params = job.parameters.options as SweepRun["params"];
  const known = { job: job.id, params, attempts: 1, tier: job.pins.tier ?? null };
  try {
    const anchors = config.anchors === undefined ? {} : { anchors: await openAnchors(config.anchors, spec) };
    const document = await trainDictionary(session, backend, folder, { spec, config, batches, ...anchors }, data);
    const { metrics, heldOut, samplesPerSecond, warnings, seconds, checkpoint } = document;
    const weights = await readFile(join(folder, "sae_weights.safetensors"));
    const sha256 = createHash("sha256").update(weights).digest("hex");
    return {
      ...known,
      state: "done",
      ...{ metrics, heldOut, samplesPerSecond, warnings, seconds, checkpoint, sha256 },
    };
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    return { ...known, state: "failed", message: error.message };
  } finally {
    batches.end();
  }
}

async function finish(session: Session, backend: Backend, out: string, rows: readonly SweepRun[]): Promise<void> {
  const document: SweepDocument = {
    ...session.document(backend, out, { store: out, ...countRuns(rows), rows }),
    command: "train",
  };
  await finishSweep(session, out, document);
  if (document.failed > 0)
    throw new JobError(
      `${document.failed} of ${rows.length} runs failed, as said above; change their options`,
      "failed",
    );
}

/** The folder of a point: `k-16_seed-0`. */
const folderName = (point: TrainJob["point"]): string =>
  Object.entries(point)
    .map((one) => one.join("-").replace(/[^\w.+-]/g, "_"))
    .join("_");
