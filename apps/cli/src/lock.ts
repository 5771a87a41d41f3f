import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { processStart } from "./processStart.js";
import { UsageError } from "./usageError.js";

/** Name of the lock in a folder that a command works in. */
export const lockFile = ".monosema.lock";

/** Who holds a lock. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** What {@link processStart} said of it: another process may have its id by now. */
  readonly start: string | null;
  /** For people: when the lock was taken, and by what. */
  readonly since: string;
  readonly command: string;
}

/**
 * Takes the lock of a folder. One whose process is gone is taken over; whether a process of another machine is there cannot be
 * known, so that such a lock holds until its file is removed.
 *
 * @returns path of the lock; removing it gives the folder free
 * @throws UsageError that names the holder
 */
export function takeLock(folder: string, command: string): string {
  const path = join(folder, lockFile);
  const own = `${path}.${randomUUID()}.tmp`;
  const me: Holder = {
    host: hostname(),
    pid: process.pid,
    start: processStart(process.pid) ?? null,
    since: new Date().toISOString(),
    command,
  };
  writeFileSync(own, `${JSON.stringify(me)}\n`, { flag: "wx" });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (appears(own, path)) return path;
      const text = textOf(path);
      if (text === undefined) continue; // given free in this moment
      if (holds(text)) throw inUse(folder, path, text);
      removeStale(path, text);
    }
    throw inUse(folder, path, textOf(path) ?? "");
  } finally {
    rmSync(own, { force: true });
  }
}

/** Gives a complete file its second name, if nobody has that name: never is a part of a lock seen. */
function appears(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS" && code !== "EMLINK") throw error;
    return written(path, readFileSync(own, "utf8")); // a file system without links
  }
}

function written(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function holderOf(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    return typeof holder?.pid === "number" && typeof holder.host === "string" ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function holds(text: string): boolean {
  const holder = holderOf(text);
  if (holder === undefined || holder.host !== hostname()) return true;
  const start = processStart(holder.pid);
  return start !== undefined && (holder.start === null || holder.start === start);
}

/** Moves the lock away before it is removed: two commands may find it stale in the same moment, and only one can move it. */
function removeStale(path: string, text: string): void {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (textOf(aside) !== text) appears(aside, path); // it was the lock of the quicker one
  rmSync(aside, { force: true });
}

function inUse(folder: string, path: string, text: string): UsageError {
  const holder = holderOf(text);
  const who = holder
    ? `process ${holder.pid} on ${holder.host} (monosema ${holder.command}, since ${holder.since})`
    : "an unreadable lock";
  const cure =
    holder && holder.host === hostname()
      ? "wait for it, or choose another folder"
      : `if no command works there any more, remove ${path}`;
  return new UsageError(`${folder} must be free, it is in use by ${who}; ${cure}`);
}
