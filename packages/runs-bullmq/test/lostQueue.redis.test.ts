import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { bullmqEngine } from "../src/index.js";
import {
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

describe.skipIf(!hasRedis)(`a queue that is lost (${needsRedis})`, () => {
  it("a server that is killed and comes back, then is emptied: what has no result is submitted again, and none is lost", async () => {
    const fleet = await openFleet(8, 200); // longer than a lease each, so that those which run without a server are stopped
    const { server, store, jobs } = fleet;
    const engine = await bullmqEngine(server.url, { lease });
    await engine.submit(jobs);
    const workers = [startWorker(fleet, server.url, 2), startWorker(fleet, server.url, 2)];
    const done = async (): Promise<number> => (await store.done()).size;

    await until(async () => (await done()) >= 2);
    const begun = async (): Promise<boolean> => {
      const finished = await store.done();
      const left = jobs.filter(({ id }) => !finished.has(id));
      return (await Promise.all(left.map((job) => stepOf(fleet, job)))).some((step) => step > 0 && step < 60);
    };
    await until(begun);
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 2 * lease)); // longer than any lease: what runs is stopped
    await server.start();
    await until(async () => (await done()) >= 5);

    await flush(server.port);
    expect((await engine.counts()).waiting).toBe(0);
    const finished = await store.done();
    await engine.submit(jobs.filter(({ id }) => !finished.has(id)));
    await until(async () => (await done()) === jobs.length);

    await expectAllOnce(fleet);
    expect(await resumed(fleet)).toBeGreaterThan(0);
    for (const { child } of workers) child.kill("SIGTERM");
    expect(await Promise.all(workers.map(({ exit }) => exit))).toEqual([0, 0]);
    for (const { said } of workers) expect(said().match(/is away; what runs goes on for now/g)).toHaveLength(1);
    await engine.close();
  });
});

const flush = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("FLUSHALL\r\n"));
    socket.on("error", reject);
    socket.on("data", () => {
      socket.destroy();
      resolve();
    });
  });
