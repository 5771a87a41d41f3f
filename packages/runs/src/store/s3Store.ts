import { randomUUID } from "node:crypto";
import type { Job } from "../job.js";
import { inParallel } from "./inParallel.js";
import { attemptPlace, failureName, manifestName } from "./places.js";
import { fetchFiles, keptStates, s3Attempt } from "./s3/s3Attempt.js";
import { s3Objects } from "./s3/s3Objects.js";
import { type Environment, type S3Place, s3Place } from "./s3/s3Place.js";
import { s3Sender } from "./s3/s3Request.js";
import { type JobFailure, type JobResult, type Store, StoreError } from "./store.js";
import { jsonText, storedJson } from "./storedJson.js";

/** Requests at a time. */
const atOnce = 16;
/** Milliseconds that a server may be away when the store is opened. */
const openingPatience = 10_000;
/** Requests that race for one name when the store is opened. */
const racers = 4;

/** Options of {@link s3Store}. */
export interface S3StoreOptions {
  /** Variables of credentials, region and server. Default: those of this process. */
  readonly env?: Environment;
  /** Milliseconds that the server may be away or busy, once the store is open. Default: five minutes. */
  readonly patience?: number;
}

/**
 * A store in a bucket of S3 or of a server that speaks as it: the names are those of a folder, so that `aws s3 sync` makes one of it.
 * An attempt works in a temporary folder; its states and files are sent here. Credentials and server come from the variables
 * `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL`.
 *
 * @param address - `s3://bucket/prefix`; the bucket is there already
 * @throws StoreError where the server is away or refuses, or takes a second object of one name
 */
export async function s3Store(
  address: string,
  { env = process.env, patience = 300_000 }: S3StoreOptions = {},
): Promise<Store> {
  const place = s3Place(address, env);
  await probe(place, Math.min(patience, openingPatience));
  const { name } = place;
  const objects = s3Objects(place, s3Sender(place, patience));
  const { create, list, read, remove } = objects;
  const failuresOf = async (id: string): Promise<readonly string[]> =>
    (await list(`jobs/${id}/failures/`)).map(({ key }) => key);
  const readJson = async <T>(key: string): Promise<T | undefined> => {
    const text = await read(key);
    return text === undefined ? undefined : (storedJson(text, `${name}/${key}`, "object") as T);
  };
  const readJob = (id: string): Promise<Job | undefined> => readJson<Job>(`jobs/${id}/job.json`);

  return {
    name,
    async put(jobs) {
      const added = await inParallel(jobs, atOnce, (job) => create(`jobs/${job.id}/job.json`, jsonText(job)));
      const ids = jobs.map(({ id }) => id);
      const key = `manifests/${manifestName(ids)}`;
      await create(key, jsonText(ids));
      return { path: `${name}/${key}`, added: added.filter(Boolean).length };
    },
    manifest: (path) => readJson<readonly string[]>(path.startsWith(`${name}/`) ? path.slice(name.length + 1) : path),
    async jobs() {
      const lists = await inParallel(await list("manifests/"), atOnce, ({ key }) => readJson<readonly string[]>(key));
      const ids = new Set(lists.flatMap((one) => one ?? []));
      return (await inParallel([...ids], atOnce, readJob)).filter((job) => job !== undefined);
    },
    job: readJob,
    result: (id) => readJson<JobResult>(`results/${id}.json`),
    done: async () =>
      new Set((await list("results/")).flatMap(({ key }) => /^results\/([^/.]+)\.json$/.exec(key)?.[1] ?? [])),
    commit: (result) => create(`results/${result.id}.json`, jsonText(result)),
    begin: (id, token) => s3Attempt(objects, id, token),
    async attempts(id) {
      const found = await list(`jobs/${id}/`);
      const tokens = new Set(found.flatMap(({ key }) => /\/attempt-([^/]+)\//.exec(key)?.[1] ?? []));
      const states = keptStates(found);
      return [...tokens].map((token) => ({ token, step: states.find((one) => one.token === token)?.step ?? 0 }));
    },
    async tidy({ id, attempt }) {
      const own = `${attemptPlace(id, attempt)}/`;
      const keys = (await list(`jobs/${id}/attempt-`)).map(({ key }) => key);
      await remove(keys.filter((key) => !key.startsWith(own) || key.startsWith(`${own}states/`) || isList(key)));
    },
    files: ({ id, attempt }) => fetchFiles(objects, id, attempt),
    async fail(id, failure) {
      for (let at = (await failuresOf(id)).length; ; at++)
        if (await create(`jobs/${id}/failures/${failureName(at)}`, jsonText(failure))) return;
    },
    failures: async (id) =>
      (await inParallel(await failuresOf(id), atOnce, (key) => readJson<JobFailure>(key))).filter(
        (failure) => failure !== undefined,
      ),
    forgive: async (id) => remove(await failuresOf(id)),
  };
}

/** Of objects that race for one name a store must take one, and refuse the others. */
async function probe(place: S3Place, patience: number): Promise<void> {
  const { create, read, remove } = s3Objects(place, s3Sender(place, patience));
  const key = `probe-${randomUUID()}`;
  const took = await Promise.all(Array.from({ length: racers }, (_, i) => create(key, String(i))));
  const late = await create(key, "late");
  const holds = await read(key);
  await remove([key]);
  if (took.filter(Boolean).length === 1 && !late && holds === String(took.indexOf(true))) return;
  throw new StoreError(
    `a store must take one of several objects of one name (a PUT with If-None-Match: *), but ${place.name} at ${new URL(place.url).origin} took more; results could be lost: use Amazon S3, a newer server, or a folder`,
  );
}

/** Whether an object is the list of a state. */
const isList = (key: string): boolean => /\/kept\/step-\d+\.json$/.test(key);
