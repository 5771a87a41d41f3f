import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { countRuns, formatWhole } from "@monosema/experiments/format";
import type { SweepDocument } from "@monosema/experiments/report";
import { JobError, localEngine, type Store } from "@monosema/runs";
import type { Command } from "../command.js";
import { configOption } from "../configFile.js";
import { maxNormFrom } from "../extremeNorms.js";
import { runJobs } from "../jobs/runJobs.js";
import type { Session } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import { bytesText, estimate } from "../sweep/estimate.js";
import { gridOption, gridPoints, parseGrid, refuseVariedTwice } from "../sweep/grid.js";
import { isBucket, openStore } from "../sweep/openStore.js";
import { gridOptions, sweptOptions } from "../sweep/options.js";
import { runTrainJob } from "../sweep/runTrainJob.js";
import { sweepRuns } from "../sweep/sweepDocument.js";
import { sweepText } from "../sweep/sweepText.js";
import { pointText, type TrainJob, trainJobs } from "../sweep/trainJobs.js";
import { openTrainingData } from "../train/data.js";
import { givenPaths } from "../train/givenPaths.js";
import { UsageError } from "../usageError.js";

/** `monosema sweep`. */
export const sweep: Command = {
  usage:
    "sweep --data FILE --grid KEY=V,V... [--grid KEY=A..B] [--config FILE] [--store FOLDER|s3://...] [--workers N] [options of train]",
  summary:
    "Trains a dictionary for every point of a grid of options, several at a time; what is finished stays, whatever is killed.",
  options: {
    ...gridOption,
    config: configOption,
    store: {
      value: "S",
      help: "where runs and results live: a folder (default --out) or s3://bucket/prefix; the same command with the same store goes on",
    },
    engine: { value: "local|none", help: "local: processes of this machine (default); none: only write the jobs" },
    workers: { value: "N", help: "runs at a time (default: the cores of this machine)" },
    "save-every": { value: "STEPS", help: "steps between resumable states (default: by time, one a minute)" },
    ...sweptOptions,
  },
  positionals: [],
  writes: ["sweep.json", "report.html"],
  async run(session) {
    const { given } = session;
    const points = gridPoints(parseGrid(given.texts("grid"), gridOptions));
    refuseVariedTwice(given, points[0]?.keys() ?? []);
    const engine = given.choice("engine", ["local", "none"]) ?? "local";
    const data = await openTrainingData(session, givenPaths(session), maxNormFrom(given));
    const backend = await session.backend();
    const jobs = await trainJobs(session, points, data, backend);
    await backend.close();
    const workers = Math.min(given.whole("workers", 1) ?? availableParallelism(), jobs.length);
    const out = outputOf(session);
    const store = await openStore(bucketOf(session) ?? out);
    const manifest = await store.put(jobs.map(({ job }) => job));
    const done = await store.done();
    const missing = jobs.filter(({ job }) => !done.has(job.id));
    const needed = estimate(
      missing.map(({ spec }) => spec),
      data,
      workers,
    );
    session.say(planText(jobs.length, missing.length, workers, needed));
    if (engine === "none")
      session.say(`jobs: ${manifest.path}; run one with: monosema job ${shellQuoted(manifest.path)} --index I`);
    else await runAll(session, store, missing, workers);
    const runs = await sweepRuns(
      store,
      jobs.map(({ job }) => job),
    );
    const document: SweepDocument = {
      ...session.document(backend, out, { store: store.name, manifest: manifest.path, ...countRuns(runs), rows: runs }),
      command: "sweep",
    };
    const { sweepReport } = await import("@monosema/experiments/report"); // loads the plotting library
    const report = join(out, "report.html");
    await session.write(report, sweepReport(document));
    await session.write(join(out, "sweep.json"), `${JSON.stringify(document, null, 2)}\n`);
    session.finish(document, [sweepText(runs), "", `report: ${report}`].join("\n"));
    const { failed } = document;
    if (failed > 0) {
      const again = `monosema runs ${shellQuoted(store.name)} --retry-failed and the same command with --store try again`;
      throw new JobError(`${failed} of ${runs.length} runs failed, as said above; ${again}`, "failed");
    }
  },
};

/** A store in a bucket that the command line names. */
function bucketOf({ given }: Session): string | undefined {
  const text = given.text("store");
  return text !== undefined && isBucket(text) ? text : undefined;
}

/**
 * The folder of the report. A store that is a folder is it: one that is there goes on, else it is a new one. Its lock keeps a second sweep
 * out. Beside a bucket, it may be the folder of an earlier sweep of that bucket.
 */
function outputOf(session: Session): string {
  const bucket = bucketOf(session);
  if (bucket !== undefined) {
    const out = session.given.text("out");
    const before = out === undefined ? undefined : reportedStore(out);
    return before === bucket.replace(/\/$/, "") ? session.output(out) : session.output();
  }
  const folder = session.given.text("store") ?? session.given.text("out");
  if (session.given.text("store") !== undefined && session.given.text("out") !== undefined)
    throw new UsageError("--store and --out exclude each other: the store is the output folder; drop one of them");
  const isStore = folder !== undefined && existsSync(join(resolve(folder), "manifests"));
  return isStore ? session.output(folder) : session.output(undefined, folder);
}

/** The store of the sweep that was reported in a folder. */
function reportedStore(out: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(out, "sweep.json"), "utf8")) as Partial<SweepDocument>).store;
  } catch {
    return undefined; // none, or half of one: the folder is refused where it is filled
  }
}

/** Runs what has no result, several at a time, with a line of progress. */
async function runAll(session: Session, store: Store, jobs: readonly TrainJob[], workers: number): Promise<void> {
  const { given } = session;
  if (jobs.length === 0) return;
  const threads = given.whole("threads", 1) ?? Math.max(1, Math.floor(availableParallelism() / workers));
  const saveEvery = given.whole("save-every", 1);
  const run = runTrainJob({ threads, ...(saveEvery === undefined ? {} : { saveEvery }) });
  await runJobs(
    session,
    store,
    jobs.map(({ job }) => job),
    {
      ...{ engine: localEngine(), run, workers, unit: "runs", doing: "training" },
      names: new Map(jobs.map(({ job, point }) => [job.id, pointText(point)])),
    },
  );
}

function planText(
  all: number,
  missing: number,
  workers: number,
  { memory, disk }: ReturnType<typeof estimate>,
): string {
  const before = all === missing ? "" : `, ${all - missing} done before`;
  if (missing === 0) return `${formatWhole(all)} runs${before}: nothing to do`;
  return `${formatWhole(all)} runs${before}; ${workers} at a time, up to ${bytesText(memory)} of memory each and ${bytesText(disk)} on disk in all`;
}
