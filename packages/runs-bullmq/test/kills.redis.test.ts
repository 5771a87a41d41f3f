import { describe, expect, it } from "vitest";
import { bullmqEngine } from "../src/index.js";
import {
  chain,
  chainsIn,
  expectAllOnce,
  hasRedis,
  lease,
  needsRedis,
  openFleet,
  resumed,
  startWorker,
  stepOf,
  until,
} from "./support/fleet.js";

describe.skipIf(!hasRedis)(`workers that are killed (${needsRedis})`, () => {
  it("kill -9 of two workers, of a sweep that was submitted twice: each result once, to the same bits, from a state", async () => {
    const fleet = await openFleet(6, 100);
    const { server, jobs } = fleet;
    const engine = await bullmqEngine(server.url, { lease });
    await Promise.all([engine.submit(jobs), engine.submit(jobs)]);
    expect((await engine.counts()).waiting).toBe(6);
    const victims = [startWorker(fleet, server.url), startWorker(fleet, server.url)];
    for (const victim of victims) {
      await until(async () => {
        const id = /begin (\w+)/.exec(victim.said())?.[1];
        return id !== undefined && (await stepOf(fleet, { ...jobs[0], id } as (typeof jobs)[0])) >= 20;
      });
      victim.child.kill("SIGKILL");
    }
    await Promise.all(victims.map(({ exit }) => exit));
    await until(() => chainsIn(fleet.folder).length === 0); // they end with their workers
    await engine.submit(jobs);
    const heirs = [startWorker(fleet, server.url, 2, "drain"), startWorker(fleet, server.url, 2, "drain")];
    expect(await Promise.all(heirs.map(({ exit }) => exit))).toEqual([0, 0]);
    await expectAllOnce(fleet);
    expect(await resumed(fleet)).toBe(2);
    expect(heirs.map(({ said }) => said().match(/^committed/gm)?.length ?? 0).reduce((a, b) => a + b)).toBe(6);
    expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
    await engine.close();
  });

  it("a job whose worker dies three times is delivered a fourth time, and goes on each time", async () => {
    const fleet = await openFleet(1, 120);
    const [job] = fleet.jobs as [(typeof fleet.jobs)[0]];
    const engine = await bullmqEngine(fleet.server.url, { lease });
    await engine.submit(fleet.jobs);
    for (const step of [15, 35, 55]) {
      const victim = startWorker(fleet, fleet.server.url);
      await until(async () => (await stepOf(fleet, job)) >= step);
      victim.child.kill("SIGKILL");
      await victim.exit;
    }
    expect(await startWorker(fleet, fleet.server.url, 1, "drain").exit).toBe(0);
    await expectAllOnce(fleet);
    expect((await fleet.store.result(job.id))?.resumedFrom).toBeGreaterThanOrEqual(55);
    expect(await fleet.store.failures(job.id)).toEqual([]);
    await engine.close();
  });

  it("a process that is killed -9 is begun again from its state, its worker lives on", async () => {
    const fleet = await openFleet(1, 60);
    const engine = await bullmqEngine(fleet.server.url, { lease });
    await engine.submit(fleet.jobs);
    const worker = startWorker(fleet, fleet.server.url, 1, "drain");
    await until(async () => (await stepOf(fleet, fleet.jobs[0] as (typeof fleet.jobs)[0])) >= 20);
    for (const pid of chainsIn(fleet.folder)) process.kill(pid, "SIGKILL");
    expect(await worker.exit).toBe(0);
    await expectAllOnce(fleet);
    expect(await resumed(fleet)).toBe(1);
    await engine.close();
  });

  it("a job that always fails is visible with its message and attempts, and the others finish", async () => {
    const fleet = await openFleet(3, 10);
    const { server, store, jobs } = fleet;
    const failing = chain({ seed: "0", steps: 1, milliseconds: 0, fails: "rows of NaN" });
    await store.put([failing]);
    const engine = await bullmqEngine(server.url, { lease });
    await engine.submit([failing, ...jobs]);
    await startWorker(fleet, server.url, 2, "drain").exit;
    await expectAllOnce(fleet);
    expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 1 });
    const failures = await store.failures(failing.id);
    expect(failures.map(({ message }) => message)).toEqual(Array(5).fill("it must not fail, got rows of NaN"));
    await engine.close();
  });
});
