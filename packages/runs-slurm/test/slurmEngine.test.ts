import { describe, expect, it, vi } from "vitest";
import { slurmEngine } from "../src/index.js";
import { cluster, numbered } from "./support/cluster.js";

const drain = { signal: new AbortController().signal, drain: true, workers: 0 };
const notCalled = async (): Promise<never> => {
  throw new Error("the machines of the cluster do the jobs");
};

describe.skipIf(process.platform === "win32")("the engine of Slurm, on commands of the test", () => {
  it("does every job once: killed, lost with its machine, failed once or not", async () => {
    const { store, options, submissions, set } = await cluster();
    set("lose", "3");
    const jobs = [numbered(0), numbered(1, "killed"), numbered(2, "once"), numbered(3), numbered(4)];
    await store.put(jobs);
    const engine = slurmEngine(store, options);
    await engine.submit(jobs);
    await engine.submit(jobs);
    await engine.work(notCalled, drain);
    const results = await Promise.all(jobs.map(({ id }) => store.result(id)));
    expect(results.map((result) => result?.value)).toEqual([0, 1, 4, 9, 16]);
    expect(results[1]).toMatchObject({ resumedFrom: 5, attempts: 2 });
    expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
    expect(submissions().map((args) => args.find((arg) => arg.startsWith("--array")))).toEqual([
      "--array=0-4",
      expect.stringMatching(/--array=0-[01]$/), // what was missing: the lost and the failed, together or one after the other
      ...submissions()
        .slice(2)
        .map(() => "--array=0-0"),
    ]);
  }, 60_000);

  it("gives up what always fails, and says how many", async () => {
    const { store, options } = await cluster();
    const jobs = [numbered(1, "final"), numbered(2, "failed"), numbered(3)];
    const engine = slurmEngine(store, { ...options, attempts: 2 });
    await engine.submit(jobs);
    await engine.work(notCalled, drain);
    expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 2 });
    const failures = await Promise.all(jobs.map(({ id }) => store.failures(id)));
    expect(failures.map((list) => list.map(({ message }) => message))).toEqual([
      ["always final"],
      ["always failed", "always failed"],
      [],
    ]);
    await engine.submit(jobs.slice(0, 2)); // again, on request
    await engine.work(notCalled, drain);
    expect(await store.failures((jobs[0] as (typeof jobs)[0]).id)).toHaveLength(2);
  }, 60_000);

  it("what waits is known to another process, which submits only the rest, and takes it back", async () => {
    const { store, options, submissions, set, unset } = await cluster();
    set("held");
    const jobs = [0, 1, 2].map((number) => numbered(number));
    const first = slurmEngine(store, options);
    await first.submit(jobs.slice(0, 2));
    const other = slurmEngine(store, options);
    await other.submit(jobs);
    expect(submissions().map((args) => args.find((arg) => arg.startsWith("--array")))).toEqual([
      "--array=0-1",
      "--array=0-0",
    ]);
    expect(await other.counts()).toEqual({ waiting: 3, running: 0, failed: 0 });
    await other.cancel();
    expect(await other.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
    await other.work(notCalled, drain);
    await first.work(notCalled, drain); // what another process took back is not submitted again
    expect((await store.done()).size).toBe(0);
    expect(submissions()).toHaveLength(2);
    unset("held");
    await other.submit(jobs);
    await other.work(notCalled, drain);
    expect((await store.done()).size).toBe(3);
  }, 60_000);

  it("splits what is larger than an array may be, and hands on what it is told", async () => {
    const { store, options, submissions } = await cluster();
    vi.stubEnv("FAKE_MAX", "2");
    const jobs = [0, 1, 2].map((number) => numbered(number));
    const more = { partition: "gpu", cores: 4, atOnce: 2, arguments: ["--time=60"] };
    const engine = slurmEngine(store, { ...options, ...more });
    await engine.submit(jobs);
    await engine.work(notCalled, drain);
    expect(await store.done()).toEqual(new Set(jobs.map(({ id }) => id)));
    const [first, second] = submissions();
    expect(first).toEqual(
      expect.arrayContaining(["--array=0-1%2", "--partition=gpu", "--cpus-per-task=4", "--time=60"]),
    );
    expect(second).toEqual(expect.arrayContaining(["--array=0-0%2"]));
    expect(engine.name).toBe("slurm:gpu");
  }, 60_000);

  it("waits for a cluster that does not answer, and says so once; ends when it is stopped", async () => {
    const { store, options, set, unset } = await cluster();
    const told: string[] = [];
    const engine = slurmEngine(store, { ...options, every: 0.05, onNotice: (message) => told.push(message) });
    await engine.submit([numbered(1)]);
    set("away");
    setTimeout(() => unset("away"), 1000);
    await engine.work(notCalled, drain);
    expect(told).toEqual([expect.stringMatching(/does not answer.*squeue must end with status 0, got 1/)]);
    expect((await store.done()).size).toBe(1);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await engine.work(notCalled, { signal: stop.signal, drain: false, workers: 0 });
  }, 60_000);

  it("says what Slurm refuses, and where it is absent", async () => {
    const { store, options } = await cluster();
    const engine = slurmEngine(store, { ...options, partition: "none" });
    await expect(engine.submit([numbered(1)])).rejects.toThrow(/sbatch must end.*invalid partition specified: none/);
    vi.stubEnv("PATH", "/nowhere");
    await expect(slurmEngine(store, options).submit([numbered(1)])).rejects.toThrow(
      /squeue must be on the PATH, got none; run this on a machine of the cluster/,
    );
  });
});
