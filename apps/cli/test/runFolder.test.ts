import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { leftovers } from "../src/leftovers.js";
import { lockFile } from "../src/lock.js";
import { processStart } from "../src/processStart.js";
import { openRunFolder, type RunFolderOptions } from "../src/runFolder.js";
import { temporaryFolder } from "./support/cli.js";

const writes = ["cfg.json", "states/step-"];

/** Opens a folder as a command does, and ends the command. */
function command(out: string | undefined, more: Partial<RunFolderOptions> = {}) {
  const left = leftovers();
  const folder = openRunFolder({ command: "train", out, force: false, writes, ...more }, left);
  return { ...folder, end: left.clear };
}

/** A lock as another process left it. */
const lockOf = (folder: string, holder: object): void => {
  mkdirSync(folder, { recursive: true });
  const since = "2026-01-01T00:00:00.000Z";
  writeFileSync(join(folder, lockFile), JSON.stringify({ host: hostname(), since, command: "train", ...holder }));
};

describe("the folder of a run", () => {
  it("has a name that no other run has, also in the same millisecond", () => {
    vi.spyOn(process, "cwd").mockReturnValue(temporaryFolder());
    const runs = Array.from({ length: 20 }, () => command(undefined));
    expect(new Set(runs.map(({ path }) => path)).size).toBe(20);
    for (const { path } of runs) expect(path).toMatch(/runs\/train-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}-[0-9a-f]{4}$/);
    for (const { end } of runs) end();
    vi.restoreAllMocks();
  });

  it("goes with its parents when the command has written nothing, and stays when it has", () => {
    const top = temporaryFolder();
    command(join(top, "a/b/c")).end();
    expect(readdirSync(top)).toEqual([]);
    const run = command(join(top, "a/b/c"));
    run.beforeWriting();
    run.end();
    expect(readdirSync(join(top, "a/b/c"))).toEqual([]);
  });

  it("is refused where it is filled; an empty one, and what a killed run left, are as good as none", () => {
    const out = temporaryFolder();
    command(out).end();
    mkdirSync(join(out, "states/step-000000001.0b6ff0a8-4cbb-4f16-b4d2-1f2a3c4d5e6f.tmp"), { recursive: true });
    lockOf(out, { pid: 2 ** 22 + 1, start: "gone" });
    command(out).end();
    writeFileSync(join(out, "notes.txt"), "mine");
    expect(() => command(out)).toThrow(/--out must name a new or empty folder, got .* with notes\.txt; .*--force/);
    expect(readdirSync(out).sort()).toEqual(["notes.txt", "states"]);
  });

  it("with --force loses what the command writes, when it writes, and nothing else", () => {
    const out = temporaryFolder();
    for (const folder of ["states/step-000000050", "states/mine"]) mkdirSync(join(out, folder), { recursive: true });
    for (const name of ["cfg.json", "notes.txt", "states/step-000000050/x", "states/mine/x"])
      writeFileSync(join(out, name), name);
    command(out, { force: true }).end();
    expect(readdirSync(join(out, "states"))).toEqual(["mine", "step-000000050"]);
    const run = command(out, { force: true });
    run.beforeWriting();
    run.end();
    expect(readdirSync(out).sort()).toEqual(["notes.txt", "states"]);
    expect(readdirSync(join(out, "states"))).toEqual(["mine"]);
  });

  it("with --force keeps symbolic links, for writers follow them", () => {
    const [out, elsewhere] = [temporaryFolder(), join(temporaryFolder(), "cfg.json")];
    writeFileSync(elsewhere, "old");
    symlinkSync(elsewhere, join(out, "cfg.json"));
    const run = command(out, { force: true });
    run.beforeWriting();
    run.end();
    expect(readFileSync(join(out, "cfg.json"), "utf8")).toBe("old");
  });
});

describe("the lock of a folder", () => {
  it("refuses a second command, also one that resumes, until the first has ended", () => {
    const out = join(temporaryFolder(), "run");
    const first = command(out);
    for (const more of [{}, { force: true }, { resumes: true }]) {
      expect(() => command(out, more)).toThrow(`is in use by process ${process.pid} on ${hostname()} (monosema train`);
    }
    first.end();
    expect(existsSync(out)).toBe(false);
    command(out).end();
  });

  it.each<[string, object]>([
    ["whose process is gone", { pid: 2 ** 22 + 1, start: "1 1" }],
    ["whose process id belongs to another process now", { pid: process.pid, start: "an earlier one" }],
  ])("is taken over from one %s", (_, holder) => {
    const out = temporaryFolder();
    lockOf(out, holder);
    const run = command(out);
    expect(JSON.parse(readFileSync(join(out, lockFile), "utf8"))).toMatchObject({ start: processStart(process.pid) });
    run.end();
    expect(readdirSync(out)).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ["a process that is there", { pid: process.pid, start: processStart(process.pid) }, /wait for it/],
    ["another machine", { pid: 1, start: null, host: "elsewhere" }, /on elsewhere .*remove .*\.monosema\.lock/],
    ["nobody knows whom", { host: undefined }, /unreadable lock; .*remove/],
  ])("of %s holds", (_, holder, message) => {
    const out = temporaryFolder();
    lockOf(out, holder);
    expect(() => command(out)).toThrow(message);
    expect(readdirSync(out)).toEqual([lockFile]);
  });
});
