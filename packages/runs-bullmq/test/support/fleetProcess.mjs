// One process of a simulated fleet: node fleetProcess.mjs ENGINE STORE WORKERS FROM STRIDE
// ENGINE is local (all jobs that have no result), an address of Redis, or manifest (jobs FROM, FROM + STRIDE, ... of the list, as a scheduler
// starts them). Says `up` when it works, then every result that it commits; ends with status 0 when nothing is left for it.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folderStore, localEngine, newToken, runAttempt } from "@monosema/runs";
import { bullmqEngine } from "../../dist/index.js";

const [engine, folder, ...numbers] = process.argv.slice(2);
const [workers, from, stride] = numbers.map(Number);
const store = await folderStore(folder);
const jobs = await store.jobs();
const signal = new AbortController().signal;

/** A chain of hashes that sleeps, and saves a state every five steps. */
async function chain({ parameters: { seed, steps } }, { folder: own, resumedFrom, signal: stop }) {
  const stateAt = (step) => join(own, "states", `step-${step}`);
  let digest = resumedFrom > 0 ? await readFile(join(stateAt(resumedFrom), "digest"), "utf8") : seed;
  for (let step = resumedFrom + 1; step <= steps; step++) {
    digest = createHash("sha256").update(`${digest} ${step}`).digest("hex");
    await new Promise((resolve) => setTimeout(resolve, 10));
    stop.throwIfAborted();
    if (step % 5 > 0) continue;
    const part = `${stateAt(step)}.tmp`;
    await mkdir(part, { recursive: true });
    await writeFile(join(part, "digest"), digest);
    await rename(part, stateAt(step));
    await rm(stateAt(step - 5), { recursive: true, force: true });
  }
  return { digest };
}

const handle = async (job, delivery) => {
  const outcome = await runAttempt(store, job, delivery, chain);
  if (outcome === "committed") console.log(`committed ${job.id}`);
};

if (engine === "manifest") {
  console.log("up");
  const own = jobs.filter((_, i) => i % stride === from);
  const slot = async () => {
    for (let job = own.shift(); job !== undefined; job = own.shift()) await handle(job, { token: newToken(), signal });
  };
  await Promise.all(Array.from({ length: workers }, slot));
} else {
  const opened = engine === "local" ? localEngine() : await bullmqEngine(engine, { lease: 1500 });
  const done = await store.done();
  if (engine === "local") await opened.submit(jobs.filter(({ id }) => !done.has(id)));
  console.log("up");
  await opened.work(handle, { signal, drain: true, workers });
  await opened.close();
}
