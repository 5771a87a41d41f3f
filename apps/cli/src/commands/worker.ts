import { availableParallelism } from "node:os";
import type { Command } from "../command.js";
import { openEngine, sharedEngineKind, sharedForms } from "../jobs/engines/openEngine.js";
import { jobNames } from "../jobs/jobNames.js";
import { storeOfRuns } from "../jobs/stores/storeOfRuns.js";
import { work } from "../jobs/work.js";
import { noBackend } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import { UsageError } from "../usageError.js";

/** `monosema worker`. */
export const worker: Command = {
  usage: "worker --engine URL --store S [--workers N] [--drain]",
  summary:
    "Takes jobs that were begun on another machine - runs of a sweep, shards of a file - until it is stopped; kill it when you like.",
  options: {
    engine: { value: "ENGINE", help: `that of the sweep, or of the command with --shard-rows: ${sharedForms}` },
    store: {
      value: "S",
      help: "that of the sweep or the command, which all machines share: a folder or s3://bucket/prefix",
    },
    workers: { value: "N", help: "jobs at a time (default: the cores of this machine)" },
    drain: { help: "end when nothing waits or runs on any machine" },
    "save-every": { value: "STEPS", help: "steps between resumable states (default: by time, one a minute)" },
  },
  positionals: [],
  writes: [],
  async run(session) {
    const { given } = session;
    const text = given.text("engine");
    const kind = sharedEngineKind(text);
    if (!kind.hasWorkers)
      throw new UsageError(`--engine ${text} needs no workers, its machines do the runs; leave worker out`);
    const workers = given.whole("workers", 1) ?? availableParallelism();
    const store = await storeOfRuns("--store", given.text("store"));
    const engine = await openEngine(kind, text as string, { store, onNotice: session.say });
    try {
      const [jobs, done, { waiting, running }] = await Promise.all([store.jobs(), store.done(), engine.counts()]);
      session.say(`${engine.name}: ${waiting} wait, ${running} run; ${store.name} has ${done.size} of ${jobs.length}`);
      if (waiting + running === 0 && done.size < jobs.length)
        session.say(
          "nothing waits here: begin the sweep, or the command, with this engine and store, or name its queue with ?queue=NAME",
        );
      session.keeps(`finished runs and states are in ${shellQuoted(store.name)}; other workers go on from them`);
      await work(session, store, engine, {
        ...{ workers, drain: given.has("drain"), unit: "jobs" },
        nameOf: jobNames(jobs),
      });
    } finally {
      await engine.close();
    }
    session.finish(session.document(noBackend, store.name, { store: store.name }), "nothing is left to do");
  },
};
