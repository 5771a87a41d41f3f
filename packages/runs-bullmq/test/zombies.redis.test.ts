import { describe, expect, it } from "vitest";
import { bullmqEngine } from "../src/index.js";
import {
  chainsIn,
  expectAllOnce,
  type Fleet,
  hasRedis,
  lease,
  needsRedis,
  openFleet,
  resumed,
  startWorker,
  stepOf,
  until,
} from "./support/fleet.js";
import { openProxy } from "./support/proxy.js";

/** A fleet with one job, which a first worker has begun through the address, and goes on with from elsewhere when that is cut off. */
async function takenOver(address: (fleet: Fleet) => Promise<string>, cut: (pid: number) => void) {
  const fleet = await openFleet(1, 200);
  const [job] = fleet.jobs as [Fleet["jobs"][0]];
  const engine = await bullmqEngine(fleet.server.url, { lease });
  await engine.submit(fleet.jobs);
  await engine.close();
  const first = startWorker(fleet, await address(fleet));
  await until(async () => (await stepOf(fleet, job)) >= 30);
  const pids = [first.child.pid as number, ...chainsIn(fleet.folder)];
  for (const pid of pids) cut(pid);
  const second = startWorker(fleet, fleet.server.url, 1, "drain");
  await until(() => second.said().includes("begin"));
  return { fleet, first, second, pids };
}

describe.skipIf(!hasRedis)(`workers that are taken for dead (${needsRedis})`, () => {
  it("one that was stopped by SIGSTOP wakes up and changes nothing", async () => {
    const { fleet, first, second, pids } = await takenOver(
      async ({ server }) => server.url,
      (pid) => process.kill(pid, "SIGSTOP"),
    );
    for (const pid of pids) process.kill(pid, "SIGCONT");
    await until(() => /^(stopped|duplicate|skipped) /m.test(first.said()));
    expect(await second.exit).toBe(0);
    await expectAllOnce(fleet);
    expect(await resumed(fleet)).toBe(1);
    expect(first.said()).not.toContain("committed");
  });

  it("one whose link falls silent stops its process by its own clock", async () => {
    let silence = (): void => {};
    const { fleet, first, second } = await takenOver(
      async ({ server }) => {
        const proxy = await openProxy(server.port);
        silence = proxy.silence;
        return proxy.url;
      },
      () => silence(),
    );
    await until(() => first.said().includes("stopped"));
    expect(first.said()).toContain("could not be renewed for 1.5 s; it is stopped here");
    expect(await second.exit).toBe(0);
    await expectAllOnce(fleet);
    expect(await resumed(fleet)).toBe(1);
    expect(first.said()).not.toContain("committed");
  });
});
