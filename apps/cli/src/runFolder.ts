import { randomBytes } from "node:crypto";
import { accessSync, constants, lstatSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Leftovers } from "./leftovers.js";
import { lockFile, takeLock } from "./lock.js";
import type { NamedPath } from "./paths.js";
import { shellQuoted } from "./shellQuoted.js";
import { UsageError } from "./usageError.js";

/** The output folder of a running command. */
export interface RunFolder {
  /** Absolute path. */
  readonly path: string;
  /** Called before anything is written: makes room where `--force` allows it. */
  readonly beforeWriting: () => void;
}

/** What decides about a folder. */
export interface RunFolderOptions {
  /** Command name. */
  readonly command: string;
  /** `--out`; default: a new folder in `runs`. */
  readonly out: string | undefined;
  /** `--force`: what the command writes is replaced. */
  readonly force: boolean;
  /** Names in the folder that the command writes; `shard-*` means what begins so, `states/step-` the same in the folder `states`. */
  readonly writes: readonly string[];
  /** The folder is that of a run that goes on. */
  readonly resumes?: boolean;
}

/**
 * Makes the output folder and takes its lock. Both go again when the command ends and has written nothing.
 *
 * @throws UsageError for a folder that cannot be made, is in use, or is filled where neither `--force` nor a resumed run allows it
 */
export function openRunFolder(options: RunFolderOptions, leftovers: Leftovers): RunFolder {
  const { command, out, force, writes, resumes = false } = options;
  const mayBeFilled = force || resumes;
  let path = resolve(out ?? join("runs", nameOf(command)));
  try {
    if (out !== undefined && !mayBeFilled) refuseFilled(path);
    while (!made(path, out === undefined, leftovers)) path = resolve("runs", nameOf(command));
    leftovers.add(takeLock(path, command));
    // Between the look and the lock another command may have come and gone.
    if (!mayBeFilled) refuseFilled(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const option = resumes ? "resume" : "out";
    throw new UsageError(
      `--${option} must name a folder that can be made and written, got ${path} (${code}); choose another`,
      { cause: error },
    );
  }
  let begun = false;
  return {
    path,
    beforeWriting() {
      if (begun) return;
      begun = true;
      if (force && !resumes) removeEarlier(path, writes);
      removeDead(path);
      for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) leftovers.drop(folder);
    },
  };
}

/** A name that no other run has, in the order of time. */
const nameOf = (command: string): string =>
  `${command}-${new Date().toISOString().slice(0, 23).replaceAll(/[:.]/g, "-")}-${randomBytes(2).toString("hex")}`;

/** Makes a folder and its parents; false where it must be new and is there. */
function made(path: string, mustBeNew: boolean, leftovers: Leftovers): boolean {
  const missing: string[] = [];
  for (let folder = path; !isThere(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) {
    try {
      mkdirSync(folder);
      leftovers.addFolder(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (folder === path && mustBeNew) return false;
    }
  }
  if (missing.length === 0 && mustBeNew) return false;
  readdirSync(path);
  accessSync(path, constants.W_OK);
  return true;
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** What a killed writer leaves. */
const isDead = (name: string): boolean => /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.test(name);

/** Names in a folder that do not make it filled: locks, what a killed writer leaves, and what file managers do. */
const counts = (name: string): boolean =>
  name !== lockFile && !isDead(name) && name !== ".DS_Store" && name !== "Thumbs.db";

/** Names in a folder that count; a folder counts where something in it does. */
function contents(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => counts(entry.name) && (!entry.isDirectory() || contents(join(path, entry.name)).length > 0))
    .map(({ name }) => name);
}

function refuseFilled(path: string): void {
  if (!isThere(path)) return;
  const filled = contents(path);
  if (filled.length === 0) return;
  const shown =
    filled.length > 3 ? `${filled.slice(0, 3).join(", ")} and ${filled.length - 3} more` : filled.join(", ");
  throw new UsageError(
    `--out must name a new or empty folder, got ${shellQuoted(path)} with ${shown}; choose another, or replace its results with --force`,
  );
}

/** What a command will write or replace in a folder, for the comparison with what it reads. */
export function outputsIn(path: string, writes: readonly string[]): readonly NamedPath[] {
  const files = [
    ...plainNames(path, writes),
    ...prefixed(path, writes).flatMap((found) => readdirSync(found).map((name) => join(found, name))),
  ];
  return files.map((file) => ({ name: "--out", path: file }));
}

const plainNames = (path: string, writes: readonly string[]): readonly string[] =>
  writes
    .filter((name) => !name.includes("/"))
    .flatMap((name) =>
      name.endsWith("*") ? entriesOf(path).filter((entry) => entry.startsWith(name.slice(0, -1))) : [name],
    )
    .map((name) => join(path, name));

/** Folders that are there of the names that a command writes. */
const prefixed = (path: string, writes: readonly string[]): readonly string[] =>
  writes.flatMap((name) => {
    const [folder, prefix] = name.split("/") as [string, string | undefined];
    if (prefix === undefined) return [];
    const begins = entriesOf(join(path, folder)).filter((entry) => entry.startsWith(prefix));
    return begins.map((entry) => join(path, folder, entry)).filter((found) => statSync(found).isDirectory());
  });

/** Removes what an earlier run of the command left, and nothing else; a symbolic link stays, for writers follow it. */
function removeEarlier(path: string, writes: readonly string[]): void {
  for (const file of plainNames(path, writes)) {
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile()) rmSync(file);
  }
  for (const folder of prefixed(path, writes)) rmSync(folder, { recursive: true });
}

function removeDead(path: string): void {
  for (const folder of [path, join(path, "states")])
    for (const entry of entriesOf(folder))
      if (isDead(entry) && !entry.startsWith(lockFile)) rmSync(join(folder, entry), { recursive: true });
}

const entriesOf = (folder: string): string[] => (isThere(folder) ? readdirSync(folder) : []);
