import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { folderStore, type JobResult, jobOf } from "../src/index.js";
import { numbered, temporaryFolder } from "./support/temporary.js";

const result = (id: string, attempt: string): JobResult => ({
  ...{ id, attempt, value: { fvu: 0.5 }, attempts: 1, resumedFrom: 0, worker: "here 1", seconds: 1 },
});

it("of eight processes that commit at once, one does, and its result stays", async () => {
  const folder = temporaryFolder();
  const store = await folderStore(folder);
  const { id } = numbered(1);
  const program = `
    const { folderStore } = await import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)});
    const store = await folderStore(process.argv[1]);
    const result = { id: process.argv[2], attempt: process.argv[3], value: 1, attempts: 1, resumedFrom: 0, worker: "w", seconds: 1 };
    while (Date.now() < Number(process.argv[4]));
    console.log(await store.commit(result));`;
  const start = String(Date.now() + 3000);
  const racers = Array.from({ length: 8 }, (_, i) =>
    promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, folder, id, `a${i}`, start]),
  );
  const won = (await Promise.all(racers)).map(({ stdout }) => stdout.trim() === "true");
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(await store.result(id)).toMatchObject({ attempt: `a${won.indexOf(true)}` });
  expect(await store.commit(result(id, "late"))).toBe(false);
}, 60_000);

it("keeps jobs once, in the order of their lists", async () => {
  const store = await folderStore(temporaryFolder());
  const jobs = [3, 1, 2].map(numbered);
  const first = await store.put(jobs);
  expect(first.added).toBe(3);
  expect(await store.put(jobs)).toEqual({ path: first.path, added: 0 });
  expect((await store.jobs()).map(({ id }) => id)).toEqual(jobs.map(({ id }) => id));
  expect(await store.job(numbered(1).id)).toEqual(numbered(1));
  expect(await store.job(numbered(9).id)).toBeUndefined();
  expect((await store.put([...jobs, numbered(4)])).added).toBe(1);
  expect(await store.jobs()).toHaveLength(4);
  expect((await store.jobs())[0]).toEqual(jobOf(jobs[0] as (typeof jobs)[0]));
});

it("an attempt begins with the newest complete state of any earlier one", async () => {
  const store = await folderStore(temporaryFolder());
  const { id } = numbered(1);
  const [a, b] = [await store.begin(id, "a"), await store.begin(id, "b")];
  expect([a.resumedFrom, b.resumedFrom]).toEqual([0, 0]);
  for (const [attempt, state] of [
    [a, "step-50"],
    [b, "step-100"],
    [b, "step-200.0b5f.tmp"], // half-written by a writer that was killed
  ] as const) {
    mkdirSync(join(attempt.folder, "states", state), { recursive: true });
    writeFileSync(join(attempt.folder, "states", state, "weights"), state);
  }
  expect(await store.attempts(id)).toEqual([
    { token: "a", step: 50 },
    { token: "b", step: 100 },
  ]);
  const c = await store.begin(id, "c");
  expect(c.resumedFrom).toBe(100);
  expect(existsSync(join(c.folder, "states/step-100/weights"))).toBe(true);

  await store.commit(result(id, "c"));
  await store.tidy(result(id, "c"));
  expect(await store.attempts(id)).toEqual([{ token: "c", step: 0 }]);
});

it("keeps failures with their messages until they are forgiven", async () => {
  const store = await folderStore(temporaryFolder());
  const { id } = numbered(1);
  const failures = ["one", "two"].map((message) => ({
    attempt: message,
    worker: "w",
    message,
    kind: "failed" as const,
  }));
  for (const failure of failures) await store.fail(id, failure);
  expect(await store.failures(id)).toEqual(failures);
  await store.forgive(id);
  expect(await store.failures(id)).toEqual([]);
});

it("a damaged result is named, not passed over", async () => {
  const folder = temporaryFolder();
  const store = await folderStore(folder);
  writeFileSync(join(folder, "results/x.json"), '{"id":');
  await expect(store.result("x")).rejects.toThrow(/x\.json.*remove the file/);
});
