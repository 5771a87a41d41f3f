import { expect, it } from "vitest";
import { JobError, localEngine } from "../src/index.js";
import { numbered } from "./support/temporary.js";

const never = new AbortController().signal;
const drain = { signal: never, drain: true, workers: 3 };

it("does every job once, so many at a time", async () => {
  const engine = localEngine();
  const jobs = Array.from({ length: 20 }, (_, i) => numbered(i));
  await engine.submit(jobs);
  await engine.submit(jobs.slice(5));
  const done: string[] = [];
  let [running, most] = [0, 0];
  await engine.work(async ({ id }) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    done.push(id);
  }, drain);
  expect(done.sort()).toEqual(jobs.map(({ id }) => id).sort());
  expect(most).toBe(3);
  expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
});

it.each([
  ["failed", 3],
  ["final", 1],
  ["lost", 20],
] as const)("a job that is always %s is tried %i times; the others finish", async (kind, tries) => {
  const engine = localEngine();
  await engine.submit([numbered(0), numbered(1)]);
  const tokens: string[] = [];
  let finished = 0;
  await engine.work(async ({ parameters }, { token }) => {
    if (parameters.number === 1) {
      finished += 1;
      return;
    }
    tokens.push(token);
    throw new JobError("no", kind);
  }, drain);
  expect([tokens.length, new Set(tokens).size, finished]).toEqual([tries, tries, 1]);
  expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 1 });
});

it("ends what runs when it is stopped, and keeps what waits", async () => {
  const engine = localEngine();
  const stop = new AbortController();
  await engine.submit([0, 1, 2].map(numbered));
  const seen: boolean[] = [];
  await engine.work(
    async (_, { signal }) => {
      setTimeout(() => stop.abort(), 5);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      seen.push(signal.aborted);
      throw new Error("stopped");
    },
    { signal: stop.signal, drain: true, workers: 2 },
  );
  expect(seen).toEqual([true, true]);
  expect(await engine.counts()).toEqual({ waiting: 1, running: 0, failed: 0 });
});

it("without drain it waits for more", async () => {
  const engine = localEngine();
  const stop = new AbortController();
  const done: unknown[] = [];
  const working = engine.work(async ({ parameters }) => void done.push(parameters.number), {
    ...{ signal: stop.signal, drain: false, workers: 1 },
  });
  await engine.submit([numbered(7)]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort();
  await working;
  expect(done).toEqual([7]);
});
