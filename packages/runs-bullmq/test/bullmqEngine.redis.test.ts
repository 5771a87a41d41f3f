import { EngineError, type Job, JobError } from "@monosema/runs";
import { describe, expect, it, onTestFinished } from "vitest";
import { bullmqEngine } from "../src/index.js";
import { chain, hasRedis, lease, needsRedis, until } from "./support/fleet.js";
import { openProxy } from "./support/proxy.js";
import { freePort, redisServer } from "./support/redisServer.mjs";

const never = new AbortController().signal;

async function openServer() {
  const server = await redisServer();
  onTestFinished(() => server.close());
  return server;
}

async function openEngine(url: string, notices: string[] = [], milliseconds = lease) {
  const engine = await bullmqEngine(url, { lease: milliseconds, onNotice: (notice) => void notices.push(notice) });
  onTestFinished(() => engine.close());
  return engine;
}

describe.skipIf(!hasRedis)(`bullmqEngine (${needsRedis})`, () => {
  it("says how to start a server where none answers, and shows no password", async () => {
    const port = await freePort();
    const error = await bullmqEngine(`redis://user:secret@127.0.0.1:${port}`).catch((caught) => caught);
    expect(error).toBeInstanceOf(EngineError);
    expect(error.message).toBe(
      `a server must answer at redis://user:***@127.0.0.1:${port}, got connect ECONNREFUSED 127.0.0.1:${port}; start one with: redis-server --port ${port} --bind 127.0.0.1 --appendonly yes --maxmemory-policy noeviction, or name one that runs`,
    );
  });

  it.each(["http://127.0.0.1:6379", "redis://", "127.0.0.1:6379"])("refuses the address %s", async (url) => {
    await expect(bullmqEngine(url)).rejects.toThrow(/the address must be redis:\/\/host:port .* got /);
  });

  it("takes jobs whose names are digits alone, which BullMQ does not", async () => {
    const engine = await openEngine((await openServer()).url);
    const job: Job = { ...chain({}), id: "1234567890123456" };
    await engine.submit([job]);
    const seen: Job[] = [];
    await engine.work(async (one) => void seen.push(one), { signal: never, drain: true, workers: 1 });
    expect(seen).toEqual([job]);
  });

  it("leaves what one worker refuses to another, and counts no attempt", async () => {
    const { url } = await openServer();
    const [wrong, right] = [await openEngine(url), await openEngine(url)];
    await wrong.submit([chain({})]);
    let [refused, done] = [0, 0];
    const refuse = async (): Promise<void> => {
      refused += 1;
      throw new JobError("the job needs the tier int16", "refused");
    };
    const options = { signal: never, drain: true, workers: 1 };
    const refusing = wrong.work(refuse, options);
    await until(() => refused >= 1);
    await Promise.all([refusing, right.work(async () => void done++, options)]);
    expect(done).toBe(1);
    expect(await right.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
  });

  it("a worker of 0 jobs waits until others have done all", async () => {
    const { url } = await openServer();
    const [waiter, worker] = [await openEngine(url), await openEngine(url)];
    await waiter.submit([chain({})]);
    const ended: string[] = [];
    const waits = waiter.work(async () => void ended.push("not here"), { signal: never, drain: true, workers: 0 });
    const waited = waits.then(() => ended.push("waiter"));
    const work = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      ended.push("job");
    };
    await worker.work(work, { signal: never, drain: true, workers: 1 });
    await waited;
    expect(ended).toEqual(["job", "waiter"]);
  });

  it("stops a job that cannot be renewed for a lease, by its own clock; it is delivered again from elsewhere", async () => {
    const { url, port } = await openServer();
    const proxy = await openProxy(port);
    const notices: string[] = [];
    const [cutOff, other] = [await openEngine(proxy.url, notices), await openEngine(url)];
    await other.submit([chain({})]);
    const stop = new AbortController();
    let [isBegun, stoppedAfter] = [false, 0];
    const work = cutOff.work(
      (_, { signal }) => {
        isBegun = true;
        proxy.silence();
        const silent = performance.now();
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            stoppedAfter = performance.now() - silent;
            reject(signal.reason);
          });
        });
      },
      { signal: stop.signal, drain: false, workers: 1 },
    );
    await until(() => isBegun);
    let done = 0;
    await other.work(async () => void done++, { signal: never, drain: true, workers: 1 });
    await until(() => stoppedAfter > 0);
    expect(done).toBe(1);
    expect(stoppedAfter).toBeGreaterThan(0.9 * lease);
    expect(notices[0]).toMatch(/^the lease of job-\w+ could not be renewed for 1.5 s; it is stopped here$/);
    stop.abort();
    await work; // though its server does not answer
  });

  it("a server that goes away is waited for and named once; what runs goes on", async () => {
    const server = await openServer();
    const notices: string[] = [];
    const engine = await openEngine(server.url, notices, 10 * lease);
    await engine.submit([0, 1].map((seed) => chain({ seed })));
    const stopped: boolean[] = [];
    await engine.work(
      async (_, { signal }) => {
        if (stopped.length === 0) {
          await server.kill();
          await until(() => notices.length === 1);
          await server.start();
          await until(() => notices.length === 2);
        }
        stopped.push(signal.aborted);
      },
      { signal: never, drain: true, workers: 1 },
    );
    expect(stopped).toEqual([false, false]);
    expect(notices).toEqual([
      expect.stringMatching(/redis:\/\/127.0.0.1:\d+ is away; what runs goes on for now/),
      expect.stringMatching(/is back$/),
    ]);
  });

  it("ends at once when it is stopped while its server is away", async () => {
    const server = await openServer();
    const engine = await openEngine(server.url);
    await engine.submit([chain({})]);
    const stop = new AbortController();
    const began = performance.now();
    await engine.work(
      async (_, { signal }) => {
        await server.kill();
        stop.abort();
        signal.throwIfAborted();
      },
      { signal: stop.signal, drain: true, workers: 1 },
    );
    expect(performance.now() - began).toBeLessThan(8000);
  });
});
