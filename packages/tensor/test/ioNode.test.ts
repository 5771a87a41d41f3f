import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileSource } from "../src/io/node/fileSource.js";
import { type FileSystem, nodeFileSystem } from "../src/io/node/fileSystem.js";
import { recoverFolder, writeFileAtomic, writeFolderAtomic } from "../src/io/node/writeAtomic.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "monosema-io-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The machine's file system, recording its calls and failing at the n-th one. */
const failingAt = (failAt: number): FileSystem & { readonly calls: string[] } => {
  const calls: string[] = [];
  const step = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    calls.push(name);
    if (calls.length === failAt) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    return await run();
  };
  return {
    calls,
    create: (path) =>
      step("create", async () => {
        const file = await nodeFileSystem.create(path);
        return {
          write: (bytes) => step("write", () => file.write(bytes)),
          sync: () => step("sync", file.sync),
          close: file.close,
        };
      }),
    rename: (from, to) => step("rename", () => nodeFileSystem.rename(from, to)),
    remove: nodeFileSystem.remove,
    makeFolder: (path) => step("makeFolder", () => nodeFileSystem.makeFolder(path)),
    exists: (path) => step("exists", () => nodeFileSystem.exists(path)),
    syncFolder: (path) => step("syncFolder", () => nodeFileSystem.syncFolder(path)),
  };
};

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("fileSource", () => {
  it("reads parts of a file and refuses to read past its end", async () => {
    await writeFile(join(folder, "a.bin"), Uint8Array.of(1, 2, 3, 4));
    const source = await fileSource(join(folder, "a.bin"));
    expect(source).toMatchObject({ name: "a.bin", size: 4 });
    expect(await source.read(1, 2)).toEqual(Uint8Array.of(2, 3));
    await expect(source.read(3, 2)).rejects.toThrow(RangeError);
    await writeFile(join(folder, "a.bin"), Uint8Array.of(1));
    await expect(source.read(0, 4)).rejects.toThrow(/a\.bin must keep its 4 bytes/);
    await source.close();
  });

  it("names what it cannot open", async () => {
    await expect(fileSource(join(folder, "missing.npy"))).rejects.toThrow(/missing\.npy/);
    await expect(fileSource(folder)).rejects.toThrow(/^fileSource: path must name a file/);
  });
});

describe("writeFileAtomic", () => {
  it("writes bytes and streams, makes missing folders, replaces, and leaves nothing else behind", async () => {
    const path = join(folder, "deep", "er", "a.txt");
    await writeFileAtomic(path, text("one"));
    expect(await readFile(path, "utf8")).toBe("one");
    const parts = async function* () {
      yield text("tw");
      yield text("o");
    };
    await writeFileAtomic(path, parts());
    expect(await readFile(path, "utf8")).toBe("two");
    expect(await readdir(join(folder, "deep", "er"))).toEqual(["a.txt"]);
  });

  it("follows symbolic links, also to nothing yet: the target is replaced, the links stay", async () => {
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    await mkdir(join(folder, "away"));
    await symlink("second", first);
    await symlink("away/target", second);
    for (const text of ["new", "newer"]) {
      await writeFileAtomic(first, new TextEncoder().encode(text));
      expect(await readFile(join(folder, "away/target"), "utf8")).toBe(text);
    }
    expect([(await lstat(first)).isSymbolicLink(), (await lstat(second)).isSymbolicLink()]).toEqual([true, true]);
    expect((await readdir(folder)).sort()).toEqual(["away", "first", "second"]);
  });

  it("syncs the file before the rename and the folder after it", async () => {
    const fs = failingAt(-1);
    await writeFileAtomic(join(folder, "a"), text("x"), fs);
    expect(fs.calls).toEqual(["makeFolder", "create", "write", "sync", "rename", "syncFolder"]);
  });

  it.each([1, 2, 3, 4, 5])(
    "keeps the old file and no other where call %i fails, and names path and cause",
    async (failAt) => {
      const path = join(folder, "a.txt");
      await writeFile(path, "old");
      const error = await writeFileAtomic(path, text("new"), failingAt(failAt)).catch((e: unknown) => e as Error);
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toContain(path);
      expect((error as Error).message).toContain("ENOSPC: no space left on device");
      expect((error as Error).cause).toMatchObject({ code: "ENOSPC" });
      expect(await readdir(folder)).toEqual(["a.txt"]);
      expect(await readFile(path, "utf8")).toBe("old");
    },
  );

  it("keeps the old file where the stream itself fails", async () => {
    const path = join(folder, "a.txt");
    await writeFile(path, "old");
    const broken = async function* () {
      yield text("ne");
      throw new Error("source broke");
    };
    await expect(writeFileAtomic(path, broken())).rejects.toThrow(/source broke/);
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });
});

describe("writeFolderAtomic", () => {
  const files = (value: string) =>
    new Map([
      ["a", text(value)],
      ["b", text(value)],
    ]);
  const content = async (path: string): Promise<string[]> =>
    Promise.all((await readdir(path)).sort().map((name) => readFile(join(path, name), "utf8")));

  it("writes a folder and replaces it whole: a file of the old one does not stay", async () => {
    const target = join(folder, "model");
    await writeFolderAtomic(target, new Map([...files("1"), ["c", text("1")]]));
    expect(await content(target)).toEqual(["1", "1", "1"]);
    await writeFolderAtomic(target, files("2"));
    expect(await content(target)).toEqual(["2", "2"]);
    expect(await readdir(folder)).toEqual(["model"]);
  });

  it("leaves a whole folder, old or new, at every call that can fail", async () => {
    const target = join(folder, "model");
    await writeFolderAtomic(target, files("old"));
    const probe = failingAt(-1);
    await writeFolderAtomic(target, files("old"), probe);
    for (let failAt = 1; failAt <= probe.calls.length; failAt++) {
      await expect(writeFolderAtomic(target, files("new"), failingAt(failAt))).rejects.toThrow(/model.*ENOSPC/);
      expect(await recoverFolder(target)).toBe(false);
      const now = await content(target);
      expect([
        ["old", "old"],
        ["new", "new"],
      ]).toContainEqual(now);
      expect(await readdir(folder)).toEqual(["model"]);
      await writeFolderAtomic(target, files("old"));
    }
  });

  it("brings the old folder back after a crash between the two renames", async () => {
    const target = join(folder, "model");
    await writeFolderAtomic(target, files("old"));
    let renames = 0;
    const stopped = new Promise<never>(() => {});
    const crashing: FileSystem = {
      ...nodeFileSystem,
      rename: async (from, to) => {
        renames++;
        return renames === 2 ? stopped : nodeFileSystem.rename(from, to);
      },
    };
    void writeFolderAtomic(target, files("new"), crashing);
    while (renames < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await nodeFileSystem.exists(target)).toBe(false);
    expect(await recoverFolder(target)).toBe(true);
    expect(await content(target)).toEqual(["old", "old"]);
  });

  it.each(["", "..", "a/b", "a\\b"])("refuses the file name %j", async (name) => {
    await expect(writeFolderAtomic(join(folder, "m"), new Map([[name, text("")]]))).rejects.toThrow(/plain file names/);
  });
});
