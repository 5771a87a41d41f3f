// node worker.mjs URL STORE LEASE WORKERS [drain]: does chains until it is killed, or until none is left.
import { fileURLToPath } from "node:url";
import { folderStore, JobError, runAttempt, runProgram } from "@monosema/runs";
import { bullmqEngine } from "../../dist/index.js";

const [url, folder, lease, workers, drain] = process.argv.slice(2);
const program = fileURLToPath(new URL("chain.mjs", import.meta.url));
const store = await folderStore(folder);
const onNotice = (text) => console.log(text);
const engine = await bullmqEngine(url, { lease: Number(lease), onNotice });
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());

const run = async ({ parameters: { seed, steps, milliseconds, fails } }, { folder: own, resumedFrom, signal }) => {
  if (fails) throw new JobError(`it must not fail, got ${fails}`, "failed");
  const args = [own, resumedFrom, seed, steps, milliseconds].map(String);
  return { digest: (await runProgram(program, args, { signal })).trim() };
};
const handle = async (job, delivery) => {
  console.log(`begin ${job.id}`);
  try {
    console.log(`${await runAttempt(store, job, delivery, run)} ${job.id}`);
  } catch (error) {
    console.log(`${delivery.signal.aborted ? "stopped" : "failed"} ${job.id}`);
    throw error;
  }
};
await engine.work(handle, { signal: stop.signal, drain: drain === "drain", workers: Number(workers) });
await engine.close();
console.log("end");
