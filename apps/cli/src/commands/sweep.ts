import { availableParallelism } from "node:os";
import { countRuns, formatWhole } from "@monosema/experiments/format";
import type { SweepDocument } from "@monosema/experiments/report";
import { type Job, JobError } from "@monosema/runs";
import type { Command } from "../command.js";
import { configOption } from "../configFile.js";
import { maxNormFrom } from "../extremeNorms.js";
import { engineKind, sharedForms } from "../jobs/engines/openEngine.js";
import { runJobs } from "../jobs/runJobs.js";
import { openStore } from "../jobs/stores/openStore.js";
import { shellQuoted } from "../shellQuoted.js";
import { bytesText, estimate } from "../sweep/estimate.js";
import { gridOption, gridPoints, parseGrid, refuseVariedTwice } from "../sweep/grid.js";
import { gridOptions, sweptOptions } from "../sweep/options.js";
import { sweepRuns } from "../sweep/sweepDocument.js";
import { bucketOf, outputOf } from "../sweep/sweepOutput.js";
import { pointText, trainJobs } from "../sweep/trainJobs.js";
import { finishSweep } from "../sweep/writeSweep.js";
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
    engine: {
      value: "ENGINE",
      help: `local: processes of this machine (default); none: only write the jobs; more machines: ${sharedForms}`,
    },
    workers: {
      value: "N",
      help: "runs at a time on this machine (default: its cores; 0, with workers elsewhere, only waits for them), or on all with slurm (default: as it has room)",
    },
    "save-every": { value: "STEPS", help: "steps between resumable states (default: by time, one a minute)" },
    ...sweptOptions,
  },
  positionals: [],
  writes: ["sweep.json", "report.html"],
  async run(session) {
    const { given } = session;
    const points = gridPoints(parseGrid(given.texts("grid"), gridOptions));
    refuseVariedTwice(given, points[0]?.keys() ?? []);
    const engine = given.text("engine") ?? "local";
    const kind = engineKind(engine);
    const asked = given.whole("workers", 0) ?? availableParallelism();
    const workers = kind?.hasWorkers === false ? 0 : asked;
    if (asked === 0 && !kind?.isShared) {
      throw new UsageError(
        `--workers must be at least 1 with --engine ${engine}, got 0: nobody else works; leave it out`,
      );
    }
    const data = await openTrainingData(session, givenPaths(session), maxNormFrom(given));
    const backend = await session.backend();
    const jobs = await trainJobs(session, points, data, backend);
    await backend.close();
    const here = Math.min(workers, jobs.length);
    const out = outputOf(session);
    const store = await openStore(bucketOf(session) ?? out);
    const manifest = await store.put(jobs.map(({ job }) => job));
    const done = await store.done();
    const missing = jobs.filter(({ job }) => !done.has(job.id));
    const needed = estimate(
      missing.map(({ spec }) => spec),
      data,
      here || asked,
    );
    session.say(planText(jobs.length, missing.length, here, needed));
    if (kind === undefined)
      session.say(`jobs: ${manifest.path}; run one with: monosema job ${shellQuoted(manifest.path)} --index I`);
    else if (missing.length > 0) {
      const names = new Map(missing.map(({ job, point }) => [job.id, pointText(point)]));
      const nameOf = ({ id }: Job): string => names.get(id) ?? id;
      const toDo = missing.map(({ job }) => job);
      await runJobs(session, store, toDo, { kind, engine, workers: here, nameOf, unit: "runs" });
    }
    const runs = await sweepRuns(
      store,
      jobs.map(({ job }) => job),
    );
    const document: SweepDocument = {
      ...session.document(backend, out, { store: store.name, manifest: manifest.path, ...countRuns(runs), rows: runs }),
      command: "sweep",
    };
    await finishSweep(session, out, document);
    const { planned, done: finished, failed } = document;
    if (failed > 0) {
      const again = `monosema runs ${shellQuoted(store.name)} --retry-failed and the same command with --store try again`;
      throw new JobError(`${failed} of ${planned} runs failed, as said above; ${again}`, "failed");
    }
    if (kind !== undefined && finished < planned) {
      const what = `${planned - finished} of ${planned} runs have no result and wait nowhere: they were taken back, or the queue was lost`;
      throw new JobError(
        `${what}; the same command with --store ${shellQuoted(store.name)} submits them again`,
        "failed",
      );
    }
  },
};

function planText(
  all: number,
  missing: number,
  workers: number,
  { memory, disk }: ReturnType<typeof estimate>,
): string {
  const before = all === missing ? "" : `, ${all - missing} done before`;
  if (missing === 0) return `${formatWhole(all)} runs${before}: nothing to do`;
  return `${formatWhole(all)} runs${before}; ${workers === 0 ? "none here" : `${workers} at a time`}, up to ${bytesText(memory)} of memory each and ${bytesText(disk)} on disk in all`;
}
