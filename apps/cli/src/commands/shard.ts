import { dirname } from "node:path";
import type { Job } from "@monosema/runs";
import { parseJson } from "@monosema/tensor";
import { checkpointOptions, openCheckpoint } from "../checkpoint.js";
import type { Command } from "../command.js";
import { openText } from "../data.js";
import { dataTexts } from "../dataFile.js";
import { inputArguments } from "../jobs/jobArguments.js";
import { parseOptions } from "../options.js";
import { sampleOptions } from "../samples.js";
import { modelDigest } from "../shards/modelDigest.js";
import { parametersOf } from "../shards/shardJobs.js";
import { shardKinds } from "../shards/shardKinds.js";
import { UsageError } from "../usageError.js";

/** `monosema shard`: what the worker of a command with `--shard-rows` starts, in a process of its own. */
export const shard: Command = {
  usage: "shard JOB.json --json",
  summary: "Works on the rows of one job and gives what is merged with those of others; its files go beside the job.",
  internal: true,
  options: {},
  positionals: ["JOB"],
  writes: [],
  async run(session) {
    const file = session.given.positionals[0] as string;
    const job = parseJson(await openText("job", file), file) as Job;
    const load = Object.hasOwn(shardKinds, job.kind) ? shardKinds[job.kind] : undefined;
    const { checkpoint, ...files } = job.inputs;
    if (load === undefined || checkpoint === undefined)
      throw new UsageError(`JOB must be a shard of ${Object.keys(shardKinds).join(", ")}, got ${job.kind}`);
    const { reading, threshold, ...rows } = parametersOf(job);
    const args = [
      ...inputArguments({ ...job, inputs: files }),
      ...Object.entries(reading).map((one) => `--${one.join("=")}`),
    ];
    const given = parseOptions(job.kind, { ...sampleOptions, ...checkpointOptions }, args);
    const own = { ...session, given };
    const opened = await openCheckpoint(own, checkpoint.path);
    const model = threshold === null ? opened : { ...opened, threshold };
    if (modelDigest(model) !== checkpoint.sha256) {
      throw new UsageError(
        `CHECKPOINT must be the dictionary that the shards were made of, got another in ${checkpoint.path}; start the command again`,
      );
    }
    const backend = await session.backend();
    const [work, folder] = [await load(), dirname(file)];
    const value = await work(own, rows, { texts: dataTexts(given, "data"), model, backend, folder });
    await backend.close();
    session.finish(session.document(backend, folder, { value }), "");
  },
};
