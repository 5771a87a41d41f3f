// npm run bench:queue -- [--jobs 10000 --at-once 8 --url redis://HOST:PORT]
// What the queue costs: jobs that do nothing through Redis, with one worker; without --url, on a server of its own.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { jobOf } from "../packages/runs/dist/index.js";
import { bullmqEngine } from "../packages/runs-bullmq/dist/index.js";
import { redisServer } from "../packages/runs-bullmq/test/support/redisServer.mjs";

const { Redis } = createRequire(new URL("../packages/runs-bullmq/dist/index.js", import.meta.url))("ioredis");

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "10000" },
    "at-once": { type: "string", default: "8" },
    url: { type: "string" },
  },
});
const [count, workers] = [values.jobs, values["at-once"]].map((text) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`bench:queue: --jobs and --at-once must be whole numbers of at least 1, got ${text}`);
});
const server = values.url === undefined ? await redisServer() : undefined;
const url = values.url ?? server.url;
const redis = new Redis(url);
const engine = await bullmqEngine(url, { queue: `bench-${process.pid}` });

// As large as a training of a sweep.
const options = { activation: "topk", k: "8", lr: "0.003", latents: "16384", batch: "1024", steps: "100000" };
const data = { path: "/data/activations/gpt2-small/layer-12.npy", sha256: "0".repeat(64) };
const jobs = Array.from({ length: count }, (_, seed) =>
  jobOf({
    kind: "train",
    parameters: { options, seed },
    inputs: { data },
    pins: { backend: "simd" },
    version: "0.0.0",
  }),
);

const before = {
  commands: await figure("stats", "total_commands_processed"),
  memory: await figure("memory", "used_memory"),
};
const adding = await secondsOf(() => engine.submit(jobs));
const added = {
  commands: await figure("stats", "total_commands_processed"),
  memory: await figure("memory", "used_memory"),
};
let done = 0;
const signal = new AbortController().signal;
const handle = async () => {
  done += 1;
};
const running = await secondsOf(() => engine.work(handle, { signal, drain: true, workers }));
const ran = await figure("stats", "total_commands_processed");

const perJob = (amount) => (amount / count).toFixed(1);
console.log(`${count} jobs: ${done} done in ${(adding + running).toFixed(1)} s, ${workers} at a time`);
console.log(`added  ${Math.round(count / adding)} a second, ${perJob(added.commands - before.commands)} commands each`);
console.log(`run    ${Math.round(count / running)} a second, ${perJob(ran - added.commands)} commands each`);
console.log(`waiting, a job takes ${perJob(added.memory - before.memory)} bytes of the server`);
await engine.close();
redis.disconnect();
await server?.close();
if (done !== count) throw new Error(`every job must be done once, got ${done} of ${count}`);

async function secondsOf(task) {
  const began = performance.now();
  await task();
  return (performance.now() - began) / 1000;
}

/** A figure that the server keeps of itself; commands within scripts are counted. */
async function figure(section, name) {
  return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(await redis.info(section))?.[1]);
}
