import { mkdir, open, rename, rm, stat } from "node:fs/promises";

/** A new file that is being written. */
export interface WritableFile {
  /** Appends all bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Waits until the bytes are on the disk (fsync). */
  sync(): Promise<void>;
  /** Closes it. */
  close(): Promise<void>;
}

/** The calls that writers of files use; tests pass one that fails to simulate a full disk. */
export interface FileSystem {
  /** Creates a file for writing; fails if it exists. */
  create(path: string): Promise<WritableFile>;
  /** Moves a file or folder; replaces a file. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a folder with its content; nothing there is no error. */
  remove(path: string): Promise<void>;
  /** Makes a folder and its parents; one that is there is no error. */
  makeFolder(path: string): Promise<void>;
  /** Whether a file or folder is there. */
  exists(path: string): Promise<boolean>;
  /** Waits until the entries of a folder are on the disk (fsync); nothing on Windows, which cannot. */
  syncFolder(path: string): Promise<void>;
}

/** The file system of the machine. */
export const nodeFileSystem: FileSystem = {
  create: async (path) => {
    const file = await open(path, "wx");
    return { write: (bytes) => file.writeFile(bytes), sync: () => file.sync(), close: () => file.close() };
  },
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
  exists: (path) =>
    stat(path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return false;
        throw error;
      },
    ),
  syncFolder: async (path) => {
    if (process.platform === "win32") return;
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  },
};
