import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Job } from "../job.js";
import { createFile } from "./createFile.js";
import { attemptPlace, failureName, manifestName } from "./places.js";
import { copyState, namesIn, newestState, type StateFolder } from "./states.js";
import { type Attempt, type JobFailure, type JobResult, type Store, StoreError } from "./store.js";
import { jsonText, storedJson } from "./storedJson.js";

/** Times that a state may vanish while it is copied: its writer is alive then, and saves newer ones. */
const copies = 20;

/**
 * A store in a folder, also one that several machines share: `jobs/ID/job.json`, the attempts beside it, `results/ID.json`, lists of jobs
 * in `manifests`.
 *
 * @throws StoreError where the folder is no store and is filled, or creates a file that is there already
 */
export async function folderStore(path: string): Promise<Store> {
  const folder = resolve(path);
  const [jobs, results, manifests] = ["jobs", "results", "manifests"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const part of [jobs, results, manifests]) await mkdir(part, { recursive: true });
  await probe(folder);
  const jobFolder = (id: string): string => join(jobs, id);
  const readJob = (id: string): Promise<Job | undefined> => readJson<Job>(join(jobFolder(id), "job.json"));
  const attemptFolder = (id: string, token: string): string => join(folder, attemptPlace(id, token));
  const tokens = async (id: string): Promise<readonly string[]> =>
    (await namesIn(jobFolder(id))).flatMap((name) => /^attempt-(.+)$/.exec(name)?.[1] ?? []);
  const failuresIn = (id: string): string => join(jobs, id, "failures");

  const newest = async (id: string, except: string): Promise<StateFolder | undefined> => {
    const found: StateFolder[] = [];
    for (const token of await tokens(id)) {
      const state = token === except ? undefined : await newestState(attemptFolder(id, token));
      if (state) found.push(state);
    }
    return found.sort((a, b) => b.step - a.step)[0];
  };

  return {
    name: folder,
    async put(list) {
      let added = 0;
      for (const job of list) {
        await mkdir(jobFolder(job.id), { recursive: true });
        if (await createFile(join(jobFolder(job.id), "job.json"), jsonText(job))) added += 1;
      }
      const ids = list.map(({ id }) => id);
      const file = join(manifests, manifestName(ids));
      await createFile(file, jsonText(ids));
      return { path: file, added };
    },
    manifest: (path) => readJson<readonly string[]>(path),
    async jobs() {
      const ids = new Set<string>();
      for (const name of await namesIn(manifests)) {
        if (!name.endsWith(".json")) continue;
        for (const id of (await readJson<readonly string[]>(join(manifests, name))) ?? []) ids.add(id);
      }
      const found: Job[] = [];
      for (const id of ids) {
        const job = await readJob(id);
        if (job) found.push(job);
      }
      return found;
    },
    job: readJob,
    result: (id) => readJson<JobResult>(join(results, `${id}.json`)),
    done: async () => new Set((await namesIn(results)).flatMap((name) => /^([^.]+)\.json$/.exec(name)?.[1] ?? [])),
    commit: (result) => createFile(join(results, `${result.id}.json`), jsonText(result)),
    async begin(id, token) {
      const own = attemptFolder(id, token);
      await mkdir(own, { recursive: true });
      for (let tries = 0; tries < copies; tries++) {
        const state = await newest(id, token);
        if (state === undefined) break;
        if (await copyState(state, own)) return attemptIn(token, own, state.step);
      }
      return attemptIn(token, own, 0);
    },
    async attempts(id) {
      const found = await tokens(id);
      return await Promise.all(
        found.map(async (token) => ({ token, step: (await newestState(attemptFolder(id, token)))?.step ?? 0 })),
      );
    },
    async tidy({ id, attempt }) {
      for (const token of await tokens(id)) {
        const own = attemptFolder(id, token);
        await rm(token === attempt ? join(own, "states") : own, { recursive: true, force: true });
      }
    },
    files: async ({ id, attempt }) => ({ folder: attemptFolder(id, attempt), close: async () => {} }),
    async fail(id, failure) {
      await mkdir(failuresIn(id), { recursive: true });
      for (let at = (await namesIn(failuresIn(id))).length; ; at++) {
        if (await createFile(join(failuresIn(id), failureName(at)), jsonText(failure))) return;
      }
    },
    async failures(id) {
      const found: JobFailure[] = [];
      for (const name of await namesIn(failuresIn(id))) {
        const failure = name.endsWith(".json") ? await readJson<JobFailure>(join(failuresIn(id), name)) : undefined;
        if (failure) found.push(failure);
      }
      return found;
    },
    forgive: (id) => rm(failuresIn(id), { recursive: true, force: true }),
  };
}

/** An attempt whose folder lies in the store: what it writes is kept. */
const attemptIn = (token: string, folder: string, resumedFrom: number): Attempt => ({
  ...{ token, folder, resumedFrom },
  keepState: async () => {},
  keepFiles: async () => {},
  close: async () => {},
});

/** A store must take the first of two files of one name, and refuse the second. */
async function probe(folder: string): Promise<void> {
  const file = join(folder, `probe-${randomUUID()}`);
  try {
    const [first, second] = [await createFile(file, "1"), await createFile(file, "2")];
    if (first && !second && (await readFile(file, "utf8")) === "1") return;
  } finally {
    await rm(file, { force: true });
  }
  throw new StoreError(
    `the store must refuse to create a file that is there, got a second ${folder} that did not; results could be lost: use a folder of another file system`,
  );
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return storedJson(await readFile(path, "utf8"), path, "file") as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
