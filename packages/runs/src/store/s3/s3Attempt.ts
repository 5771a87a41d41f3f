import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { parseJson } from "@monosema/tensor";
import { attemptPlace } from "../places.js";
import { copyState, newestState } from "../states.js";
import type { Attempt, AttemptFiles } from "../store.js";
import { jsonText } from "../storedJson.js";
import type { S3Object, S3Objects } from "./s3Objects.js";

/** A state in the store: complete, because the list of its files is written last. */
export interface KeptState {
  /** The attempt that wrote it. */
  readonly token: string;
  /** Step of the job. */
  readonly step: number;
}

const statePlace = (id: string, { token, step }: KeptState): string => `${attemptPlace(id, token)}/states/step-${step}`;
const listPlace = (id: string, { token, step }: KeptState): string =>
  `${attemptPlace(id, token)}/kept/step-${step}.json`;

/** Complete states among the objects of a job, the newest first. */
export const keptStates = (objects: readonly S3Object[]): readonly KeptState[] =>
  objects
    .flatMap(({ key }) => {
      const [, token, step] = /\/attempt-([^/]+)\/kept\/step-(\d+)\.json$/.exec(key) ?? [];
      return token === undefined ? [] : [{ token, step: Number(step) }];
    })
    .sort((a, b) => b.step - a.step);

/** Begins an attempt in a temporary folder of this machine, from the newest complete state in the store. */
export async function s3Attempt(objects: S3Objects, id: string, token: string): Promise<Attempt> {
  const root = await mkdtemp(join(tmpdir(), "monosema-attempt-"));
  const folder = join(root, attemptPlace(id, token));
  const close = (): Promise<void> => rm(root, { recursive: true, force: true });
  try {
    await mkdir(folder, { recursive: true });
    await objects.write(`${attemptPlace(id, token)}/kept/begun.json`, jsonText({ token }));
    let kept: KeptState = { token, step: await fetchState(objects, id, folder) };
    return {
      token,
      folder,
      resumedFrom: kept.step,
      async keepState() {
        kept = { token, step: await keepState(objects, id, folder, kept) };
      },
      keepFiles: () => keepFiles(objects, id, token, folder),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Fetches the newest complete state of a job; its step, 0 without one. */
async function fetchState(objects: S3Objects, id: string, folder: string): Promise<number> {
  const states = keptStates(await objects.list(`jobs/${id}/`));
  for (const state of states) {
    const list = await objects.read(listPlace(id, state));
    if (list === undefined) continue; // its writer, still alive, has removed it for a newer one
    const part = join(folder, "states", `step-${state.step}.part`);
    try {
      for (const { key, size } of parseJson(list, listPlace(id, state)) as readonly S3Object[]) {
        const file = join(part, ...key.split("/"));
        await mkdir(dirname(file), { recursive: true });
        await objects.download({ key: `${statePlace(id, state)}/${key}`, size }, file);
      }
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      if ((await objects.read(listPlace(id, state))) === undefined) return await fetchState(objects, id, folder);
      throw error;
    }
    await rename(part, join(folder, "states", `step-${state.step}`));
    return state.step;
  }
  return 0;
}

/** Keeps the newest state, where it is newer than the one that is kept, and removes the older; the step that is kept. */
async function keepState(objects: S3Objects, id: string, folder: string, kept: KeptState): Promise<number> {
  const state = await newestState(folder);
  if (state === undefined || state.step <= kept.step) return kept.step;
  const copy = await mkdtemp(`${folder}-keeps-`);
  try {
    // Its writer removes it for a newer one, and sending takes longer than copying.
    if (!(await copyState(state, copy))) return kept.step;
    const next = { token: kept.token, step: state.step };
    const from = join(copy, "states", `step-${state.step}`);
    const sent: S3Object[] = [];
    for (const file of await filesUnder(from)) {
      await objects.upload(`${statePlace(id, next)}/${file.key}`, join(from, file.key));
      sent.push(file);
    }
    await objects.write(listPlace(id, next), jsonText(sent));
    await removeState(objects, id, kept);
    return next.step;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Removes a state of an attempt: its list first, so that it is complete or not at all. */
async function removeState(objects: S3Objects, id: string, state: KeptState): Promise<void> {
  const files = await objects.list(`${statePlace(id, state)}/`);
  if (files.length === 0) return;
  await objects.remove([listPlace(id, state)]);
  await objects.remove(files.map(({ key }) => key));
}

/** Keeps what the job wrote besides its states. */
async function keepFiles(objects: S3Objects, id: string, token: string, folder: string): Promise<void> {
  for (const { key } of await filesUnder(folder)) {
    if (!key.startsWith("states/")) await objects.upload(`${attemptPlace(id, token)}/${key}`, join(folder, key));
  }
}

/** Copies what an attempt kept besides its states into a temporary folder. */
export async function fetchFiles(objects: S3Objects, id: string, token: string): Promise<AttemptFiles> {
  const place = `${attemptPlace(id, token)}/`;
  const root = await mkdtemp(join(tmpdir(), "monosema-files-"));
  const close = (): Promise<void> => rm(root, { recursive: true, force: true });
  try {
    for (const { key, size } of await objects.list(place)) {
      const name = key.slice(place.length);
      if (name.startsWith("states/") || name.startsWith("kept/")) continue;
      const file = join(root, ...name.split("/"));
      await mkdir(dirname(file), { recursive: true });
      await objects.download({ key, size }, file);
    }
    return { folder: root, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Files of a folder and its folders, by paths with slashes, with their bytes. */
async function filesUnder(folder: string): Promise<readonly S3Object[]> {
  const found: S3Object[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.push({ key: relative(folder, path).split(sep).join("/"), size: (await stat(path)).size });
  }
  return found;
}
