import { randomUUID } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { type FileSystem, nodeFileSystem } from "./fileSystem.js";
import { linkTarget } from "./linkTarget.js";

const OLD = ".monosema-old";

/** Content of a file: bytes at once, or in parts. */
export type FileContent = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that at any moment, also after a crash, the path holds the old content or the new, never a part: a temporary
 * sibling is written, synced to the disk and renamed over the path. Missing folders are made. A symbolic link is followed: its target
 * is replaced and the link stays.
 *
 * @throws Error that names the path and the cause, such as a full disk; the temporary file is removed and the path untouched
 */
export async function writeFileAtomic(
  path: string,
  content: FileContent,
  fs: FileSystem = nodeFileSystem,
): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = linkTarget(path);
    temporary = `${target}.${randomUUID()}.tmp`;
    await fs.makeFolder(dirname(target));
    await writeAndSync(temporary, content, fs);
    await fs.rename(temporary, target);
    await fs.syncFolder(dirname(target));
  } catch (cause) {
    if (temporary !== undefined) await discard(temporary, fs);
    throw failure("writeFileAtomic", path, cause);
  }
}

/**
 * Writes a folder of files so that a crash loses neither the old folder nor the new one. Protocol:
 *
 * 1. all files are written and synced in a temporary sibling folder;
 * 2. an existing folder is renamed to `<folder>.monosema-old`;
 * 3. the temporary folder is renamed to `<folder>`; if that fails, `<folder>.monosema-old` is renamed back;
 * 4. `<folder>.monosema-old` is removed.
 *
 * Between 2 and 3 only `<folder>.monosema-old` exists, complete: {@link recoverFolder} renames it back. Readers call it before they read;
 * this function calls it before it writes.
 *
 * @param files - content by plain file name
 * @throws RangeError for a name with a path in it; Error that names the folder and the cause, the old folder being in place
 */
export async function writeFolderAtomic(
  folder: string,
  files: ReadonlyMap<string, FileContent>,
  fs: FileSystem = nodeFileSystem,
): Promise<void> {
  for (const name of files.keys()) {
    if (name === "" || name === "." || name === ".." || /[/\\]/.test(name)) {
      throw new RangeError(
        `writeFolderAtomic: names must be plain file names, got ${JSON.stringify(name)}; drop the path`,
      );
    }
  }
  const target = resolve(folder);
  const temporary = `${target}.${randomUUID()}.tmp`;
  const old = `${target}${OLD}`;
  try {
    await recoverFolder(target, fs);
    await fs.makeFolder(temporary);
    for (const [name, content] of files) await writeAndSync(join(temporary, name), content, fs);
    await fs.syncFolder(temporary);
    const replaces = await fs.exists(target);
    if (replaces) await fs.rename(target, old);
    try {
      await fs.rename(temporary, target);
    } catch (cause) {
      if (replaces) await fs.rename(old, target);
      throw cause;
    }
    await fs.syncFolder(dirname(target));
    await fs.remove(old);
  } catch (cause) {
    await discard(temporary, fs);
    throw failure("writeFolderAtomic", folder, cause);
  }
}

/**
 * Ends what a crash in {@link writeFolderAtomic} interrupted: renames `<folder>.monosema-old` back where `<folder>` is missing, removes it
 * where both are there.
 *
 * @returns whether the folder was brought back
 */
export async function recoverFolder(folder: string, fs: FileSystem = nodeFileSystem): Promise<boolean> {
  const target = resolve(folder);
  const old = `${target}${OLD}`;
  if (!(await fs.exists(old))) return false;
  if (await fs.exists(target)) {
    await fs.remove(old);
    return false;
  }
  await fs.rename(old, target);
  await fs.syncFolder(dirname(target));
  return true;
}

async function writeAndSync(path: string, content: FileContent, fs: FileSystem): Promise<void> {
  const file = await fs.create(path);
  try {
    if (content instanceof Uint8Array) await file.write(content);
    else for await (const part of content) await file.write(part);
    await file.sync();
  } catch (cause) {
    await file.close().catch(() => {});
    throw cause;
  }
  await file.close();
}

/** Removes a temporary path; an error in doing so must not hide the one that led here. */
async function discard(path: string, fs: FileSystem): Promise<void> {
  await fs.remove(path).catch(() => {});
}

function failure(caller: string, path: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${caller}: ${path} must be writable, got "${reason}"; free space or choose another folder`, {
    cause,
  });
}
