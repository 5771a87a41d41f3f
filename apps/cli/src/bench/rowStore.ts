import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { folderStore, type Job, type Store } from "@monosema/runs";
import { openStore } from "../jobs/stores/openStore.js";
import type { Session } from "../session.js";

/** The output folder of a benchmark, and the store of its rows. */
export interface RowStore {
  /** The folder. */
  readonly out: string;
  /** The store: `--store`, else the folder `rows` in it. */
  readonly store: Store;
}

/**
 * Takes the output folder. One that holds rows of this very benchmark goes on; with --force it begins anew.
 *
 * @param jobs - the rows
 */
export async function rowStore(session: Session, jobs: readonly Job[]): Promise<RowStore> {
  const { given } = session;
  const [text, named] = [given.text("store"), given.text("out")];
  const before = text === undefined && named !== undefined ? resolve(named) : undefined;
  const goesOn = before !== undefined && !given.has("force") && (await holdsSome(join(before, "rows"), jobs));
  const out = session.output(goesOn ? before : undefined);
  if (given.has("force")) rmSync(join(out, "rows"), { recursive: true, force: true });
  const store = await openStore(text ?? join(out, "rows"));
  await store.put(jobs);
  return { out, store };
}

async function holdsSome(folder: string, jobs: readonly Job[]): Promise<boolean> {
  if (!existsSync(join(folder, "manifests"))) return false;
  const store = await folderStore(folder);
  return (await Promise.all(jobs.map(({ id }) => store.job(id)))).some((job) => job !== undefined);
}
