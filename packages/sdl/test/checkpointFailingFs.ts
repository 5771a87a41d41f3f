import { type FileSystem, nodeFileSystem, type WritableFile } from "@monosema/tensor/node";

/** The real file system, whose call number `failing` (from 0) and all later ones but removals fail as on a full disk. */
export function failingFs(failing: number): FileSystem & { readonly calls: () => number } {
  let calls = 0;
  const step = async <T>(act: () => Promise<T>): Promise<T> => {
    if (calls++ >= failing) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    return act();
  };
  return {
    ...nodeFileSystem,
    create: (path) =>
      step(async (): Promise<WritableFile> => {
        const file = await nodeFileSystem.create(path);
        return {
          write: (bytes) => step(() => file.write(bytes)),
          sync: () => step(() => file.sync()),
          close: () => file.close(),
        };
      }),
    rename: (from, to) => step(() => nodeFileSystem.rename(from, to)),
    makeFolder: (path) => step(() => nodeFileSystem.makeFolder(path)),
    calls: () => calls,
  };
}
