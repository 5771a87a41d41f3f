import { newToken } from "@monosema/runs";
import type { Command } from "../command.js";
import { deliverJob } from "../jobs/deliverJob.js";
import { runJob } from "../jobs/jobKinds.js";
import { openManifest } from "../jobs/stores/openManifest.js";
import { noBackend } from "../session.js";
import { UsageError } from "../usageError.js";

/** `monosema job`. */
export const job: Command = {
  usage: "job MANIFEST --index I",
  summary:
    "Does one job of a sweep or of a command with --shard-rows and commits its result: for any scheduler that counts, such as job arrays or GNU parallel.",
  options: {
    index: { value: "I", help: "which job of the list, from 0" },
    "save-every": { value: "STEPS", help: "steps between resumable states (default: by time, one a minute)" },
  },
  positionals: ["MANIFEST"],
  writes: [],
  async run(session) {
    const { given } = session;
    const path = given.positionals[0] as string;
    const { store, ids } = await openManifest(path);
    const index = given.whole("index", 0);
    if (index === undefined || index >= ids.length)
      throw new UsageError(
        `--index must be a whole number below ${ids.length}, the jobs of the list, got ${index ?? "none"}`,
      );
    const wanted = await store.job(ids[index] as string);
    if (wanted === undefined) throw new UsageError(`the store ${store.name} must hold job ${ids[index]}; submit again`);
    session.keeps(`its states are in ${store.name}; the same command goes on`);
    session.stopsItself(true);
    const threads = given.whole("threads", 1) ?? 1;
    const saveEvery = given.whole("save-every", 1);
    const delivery = { token: newToken(), signal: session.signal };
    const run = runJob({ threads, ...(saveEvery === undefined ? {} : { saveEvery }) });
    const outcome = await deliverJob(session, store, run)(wanted, delivery);
    const text = outcome === "skipped" ? "there is a result already" : `result ${outcome}`;
    session.finish(session.document(noBackend, store.name, { id: wanted.id, outcome }), text);
  },
};
