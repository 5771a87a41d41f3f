import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderStore, JobError, type RunJob, runAttempt } from "../src/index.js";
import { numbered, temporaryFolder, until } from "./support/temporary.js";

const job = numbered(1);
const signal = new AbortController().signal;

it("commits the first result; a later delivery has nothing to do", async () => {
  const store = await folderStore(temporaryFolder());
  const run: RunJob = async ({ parameters }) => parameters.number ?? null;
  expect(await runAttempt(store, job, { token: "a", signal }, run)).toBe("committed");
  expect(await store.result(job.id)).toMatchObject({ value: 1, attempt: "a", resumedFrom: 0 });
  expect(await runAttempt(store, job, { token: "b", signal }, run)).toBe("skipped");
});

it("an attempt that was taken for dead and wakes up changes nothing", async () => {
  const store = await folderStore(temporaryFolder());
  let wake = (): void => {};
  let begun = false;
  const zombie = runAttempt(store, job, { token: "zombie", signal }, async (_, { folder }) => {
    mkdirSync(join(folder, "states/step-7"), { recursive: true });
    begun = true;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    return "of the zombie";
  });
  await until(() => begun);
  const heir: RunJob = async (_, { resumedFrom }) => `from ${resumedFrom}`;
  expect(await runAttempt(store, job, { token: "heir", signal }, heir)).toBe("committed");
  wake();
  expect(await zombie).toBe("duplicate");
  expect(await store.result(job.id)).toMatchObject({ value: "from 7", attempt: "heir", attempts: 2, resumedFrom: 7 });
});

it("keeps why an attempt failed, but not that it was stopped", async () => {
  const store = await folderStore(temporaryFolder());
  const failing: RunJob = async () => {
    throw new JobError("k must be at most 4, got 5", "final");
  };
  await expect(runAttempt(store, job, { token: "a", signal }, failing)).rejects.toThrow("k must be");
  expect(await store.failures(job.id)).toMatchObject([
    { attempt: "a", message: "k must be at most 4, got 5", kind: "final" },
  ]);
  const stop = new AbortController();
  const stopped: RunJob = async () => {
    stop.abort();
    return null;
  };
  await expect(runAttempt(store, job, { token: "b", signal: stop.signal }, stopped)).rejects.toThrow("aborted");
  expect(await store.failures(job.id)).toHaveLength(1);
  expect(await store.result(job.id)).toBeUndefined();
});
