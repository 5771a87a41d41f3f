import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** A complete state of an attempt: a folder `states/step-N`, which appears by a rename. */
export interface StateFolder {
  /** N. */
  readonly step: number;
  /** Its path. */
  readonly path: string;
}

/** The newest state in the folder of an attempt. */
export async function newestState(attempt: string): Promise<StateFolder | undefined> {
  let newest: StateFolder | undefined;
  for (const name of await namesIn(join(attempt, "states"))) {
    const step = Number(/^step-(\d+)$/.exec(name)?.[1] ?? -1);
    if (step > (newest?.step ?? -1)) newest = { step, path: join(attempt, "states", name) };
  }
  return newest;
}

/** Copies a state into another attempt; false where its writer, still alive, has removed it for a newer one. */
export async function copyState({ step, path }: StateFolder, attempt: string): Promise<boolean> {
  const folder = join(attempt, "states");
  const part = join(folder, `step-${step}.part`);
  try {
    await mkdir(folder, { recursive: true });
    await cp(path, part, { recursive: true });
    await rename(part, join(folder, `step-${step}`));
    return true;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Names in a folder, in order; none where it is missing. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
