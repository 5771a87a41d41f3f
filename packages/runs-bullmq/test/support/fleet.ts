import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folderStore, type Job, jobOf, type Store } from "@monosema/runs";
import { expect, onTestFinished } from "vitest";
import { type RedisServer, redisServer } from "./redisServer.mjs";

/** Why the suites are skipped where no server is named. */
export const needsRedis = "needs redis-server, see scripts/ci-redis.mjs";
/** Whether a server may be started. */
export const hasRedis: boolean = process.env.MONOSEMA_REDIS_SERVER !== undefined;
/** Milliseconds of a lease: short, so that the tests are. */
export const lease = 1500;

/** A server, a store, and jobs that stand for trainings. */
export interface Fleet {
  readonly server: RedisServer;
  readonly folder: string;
  readonly store: Store;
  readonly jobs: readonly Job[];
}

/** Opens a fleet with so many chains of so many steps, 20 ms each. */
export async function openFleet(count: number, steps: number): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), "monosema-fleet-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const server = await redisServer();
  onTestFinished(() => server.close());
  const jobs = Array.from({ length: count }, (_, seed) => chain({ seed: String(seed), steps, milliseconds: 20 }));
  const store = await folderStore(folder);
  await store.put(jobs);
  return { server, folder, store, jobs };
}

/** A chain as a job. */
export const chain = (parameters: Job["parameters"]): Job =>
  jobOf({ kind: "chain", parameters, inputs: {}, pins: {}, version: "1" });

/** A worker in a process of its own. */
export interface FleetWorker {
  readonly child: ChildProcess;
  /** What it has said. */
  readonly said: () => string;
  readonly exit: Promise<number | null>;
}

/** Starts a worker, which is killed when the test ends. */
export function startWorker({ folder }: Fleet, url: string, workers = 1, ...more: readonly string[]): FleetWorker {
  const program = fileURLToPath(new URL("worker.mjs", import.meta.url));
  const args = [program, url, folder, String(lease), String(workers), ...more];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return { child, said: () => said, exit: new Promise((resolve) => child.on("close", resolve)) };
}

/** Every job has one result, to the bits of a plain loop, and nothing is left that runs. */
export async function expectAllOnce({ folder, store, jobs }: Fleet): Promise<void> {
  const results = await Promise.all(jobs.map(({ id }) => store.result(id)));
  const digests = jobs.map(({ parameters: { seed, steps } }) => ({ digest: plainLoop(String(seed), Number(steps)) }));
  expect(results.map((result) => result?.value)).toEqual(digests);
  expect((await store.done()).size).toBe(jobs.length);
  await until(() => chainsIn(folder).length === 0);
}

function plainLoop(seed: string, steps: number): string {
  let digest = seed;
  for (let step = 1; step <= steps; step++) digest = createHash("sha256").update(`${digest} ${step}`).digest("hex");
  return digest;
}

/** Jobs that went on from a state. */
export async function resumed({ store, jobs }: Fleet): Promise<number> {
  const results = await Promise.all(jobs.map(({ id }) => store.result(id)));
  return results.filter((result) => (result?.resumedFrom ?? 0) > 0).length;
}

/** How far the attempts of a job have come. */
export async function stepOf({ store }: Fleet, { id }: Job): Promise<number> {
  return Math.max(0, ...(await store.attempts(id)).map(({ step }) => step));
}

/** Processes of chains in a store. */
export function chainsIn(folder: string): readonly number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const args = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      return args.some((arg) => arg.startsWith(join(folder, "jobs"))) ? [Number(name)] : [];
    } catch {
      return []; // has ended
    }
  });
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
