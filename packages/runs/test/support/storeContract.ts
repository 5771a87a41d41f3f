import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { type JobResult, jobOf, type RunJob, runAttempt, type Store } from "../../src/index.js";
import { numbered, until } from "./temporary.js";

/** A store that nobody has used. */
export interface OpenedStore {
  /** It. */
  readonly store: Store;
  /** What opens it again, of the package `runs`: name of a function. */
  readonly opener: string;
  /** Its argument. */
  readonly address: string;
  /** Variables that this needs. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A result of a job. */
export const resultOf = (id: string, attempt: string): JobResult => ({
  ...{ id, attempt, value: { fvu: 0.5 }, attempts: 1, resumedFrom: 0, worker: "here 1", seconds: 1 },
});

/** What any store must do. */
export function storeContract(open: () => Promise<OpenedStore>): void {
  it("of eight processes that commit at once, one does, and its result stays", async () => {
    const { store, opener, address, env } = await open();
    const { id } = numbered(1);
    const program = `
      const runs = await import(${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)});
      const store = await runs.${opener}(process.argv[1]);
      const result = { id: process.argv[2], attempt: process.argv[3], value: 1, attempts: 1, resumedFrom: 0, worker: "w", seconds: 1 };
      while (Date.now() < Number(process.argv[4]));
      console.log(await store.commit(result));`;
    const start = String(Date.now() + 3000);
    const racers = Array.from({ length: 8 }, (_, i) =>
      promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, address, id, `a${i}`, start], {
        env: { ...process.env, ...env },
      }),
    );
    const won = (await Promise.all(racers)).map(({ stdout }) => stdout.trim() === "true");
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await store.result(id)).toMatchObject({ attempt: `a${won.indexOf(true)}` });
    expect(await store.commit(resultOf(id, "late"))).toBe(false);
    expect(await store.done()).toEqual(new Set([id]));
  }, 60_000);

  it("keeps jobs once, in the order of their lists", async () => {
    const { store } = await open();
    const jobs = [3, 1, 2].map(numbered);
    const first = await store.put(jobs);
    expect(first.added).toBe(3);
    expect(first.path.startsWith(store.name)).toBe(true);
    expect(await store.put(jobs)).toEqual({ path: first.path, added: 0 });
    const ids = jobs.map(({ id }) => id);
    expect(await store.manifest(first.path)).toEqual(ids);
    expect(await store.manifest(`${store.name}/manifests/none.json`)).toBeUndefined();
    expect((await store.jobs()).map(({ id }) => id)).toEqual(ids);
    expect(await store.job(numbered(1).id)).toEqual(numbered(1));
    expect(await store.job(numbered(9).id)).toBeUndefined();
    expect((await store.put([...jobs, numbered(4)])).added).toBe(1);
    expect(await store.jobs()).toHaveLength(4);
    expect((await store.jobs())[0]).toEqual(jobOf(jobs[0] as (typeof jobs)[0]));
  });

  it("an attempt begins with the newest complete state of any earlier one", async () => {
    const { store } = await open();
    const { id } = numbered(1);
    const [a, b] = [await store.begin(id, "a"), await store.begin(id, "b")];
    expect([a.resumedFrom, b.resumedFrom]).toEqual([0, 0]);
    for (const [attempt, state] of [
      [a, "step-50"],
      [b, "step-100"],
      [b, "step-200.0b5f.tmp"], // half-written by a writer that was killed
    ] as const) {
      mkdirSync(join(attempt.folder, "states", state, "deep"), { recursive: true });
      writeFileSync(join(attempt.folder, "states", state, "deep/weights"), state);
      writeFileSync(join(attempt.folder, "states", state, "empty"), "");
    }
    for (const attempt of [a, b]) await attempt.keepState();
    expect(await store.attempts(id)).toEqual([
      { token: "a", step: 50 },
      { token: "b", step: 100 },
    ]);
    const c = await store.begin(id, "c");
    expect(c.resumedFrom).toBe(100);
    expect(readFileSync(join(c.folder, "states/step-100/deep/weights"), "utf8")).toBe("step-100");
    expect(readFileSync(join(c.folder, "states/step-100/empty"), "utf8")).toBe("");

    await store.commit(resultOf(id, "c"));
    await store.tidy(resultOf(id, "c"));
    expect(await store.attempts(id)).toEqual([{ token: "c", step: 0 }]);
    for (const attempt of [a, b, c]) await attempt.close();
  });

  it("a killed attempt leaves its newest state, from which the next goes on; its files are kept", async () => {
    const { store } = await open();
    const job = numbered(1);
    const stop = new AbortController();
    const killed: RunJob = async (_, { folder }) => {
      for (const step of [1, 2]) mkdirSync(join(folder, `states/step-${step}`), { recursive: true });
      writeFileSync(join(folder, "states/step-2/weights"), "2");
      await until(async () => (await store.attempts(job.id)).some(({ step }) => step === 2));
      stop.abort();
      return null;
    };
    await expect(runAttempt(store, job, { token: "a", signal: stop.signal }, killed)).rejects.toThrow("aborted");
    const heir: RunJob = async (_, { folder, resumedFrom }) => {
      writeFileSync(join(folder, "weights"), "done");
      return `${resumedFrom} ${existsSync(join(folder, "states/step-2/weights"))}`;
    };
    const { signal } = new AbortController();
    expect(await runAttempt(store, job, { token: "b", signal }, heir)).toBe("committed");
    expect(await store.result(job.id)).toMatchObject({ value: "2 true", attempts: 2, resumedFrom: 2 });
    const { folder, close } = await store.files({ id: job.id, attempt: "b" });
    expect(readFileSync(join(folder, "weights"), "utf8")).toBe("done");
    expect(existsSync(join(folder, "states"))).toBe(false);
    await close();
  });

  it("keeps failures with their messages until they are forgiven", async () => {
    const { store } = await open();
    const { id } = numbered(1);
    const failures = ["one", "two", "three"].map((message) => ({
      ...{ attempt: message, worker: "w", message, kind: "failed" as const },
    }));
    for (const failure of failures) await store.fail(id, failure);
    expect(await store.failures(id)).toEqual(failures);
    await store.forgive(id);
    expect(await store.failures(id)).toEqual([]);
  });
}
