import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SweepRun } from "@monosema/experiments/report";
import { expect, it, onTestFinished } from "vitest";
import { bin, document, inProcess, monosema, temporaryFolder, writeSamples } from "./support/cli.js";
import { pause, trainingsIn } from "./support/trainings.js";

const small = ["--latents", "64", "--batch", "64", "--backend", "simd", "--tier", "int16"];

it.runIf(process.platform === "linux")(
  "a sweep whose runs are killed twice and itself once gives every result once, to the bits of a plain loop",
  async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 1000, 32);
    const store = join(folder, "store");
    const training = ["--data", data, ...small, "--steps", "3000"];
    const grid = ["--grid", "seed=0..2", "--k", "4", "--workers", "2", "--save-every", "100"];
    const start = (): ChildProcess => {
      const child = spawn(process.execPath, [bin, "sweep", ...training, ...grid, "--store", store, "--quiet"], {
        stdio: "pipe",
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      return child;
    };

    let coordinator = start();
    let ended = exit(coordinator);
    const killed = new Set<number>();
    while (killed.size < 2) {
      const found = trainingsIn(store).find(({ pid, step }) => step >= 100 && !killed.has(pid));
      if (found) {
        process.kill(found.pid, "SIGKILL");
        killed.add(found.pid);
      }
      await pause();
    }
    while (trainingsIn(store).every(({ pid, step }) => killed.has(pid) || step < 100)) await pause();
    const orphans = trainingsIn(store).map(({ pid }) => pid);
    coordinator.kill("SIGKILL");
    await ended;
    while (orphans.some(isAlive)) await pause(); // ends by itself with its parent

    coordinator = start();
    ended = exit(coordinator);
    expect(await ended).toBe(0);
    expect(trainingsIn(store)).toEqual([]);

    const { rows: runs } = document("runs", store) as unknown as { rows: readonly SweepRun[] };
    expect(runs.map(({ params, state }) => [params.seed, state])).toEqual([
      ["0", "done"],
      ["1", "done"],
      ["2", "done"],
    ]);
    expect(new Set(runs.map(({ job }) => job)).size).toBe(3);
    expect(runs.filter(({ resumedFrom = 0 }) => resumedFrom > 0).length).toBeGreaterThan(0);
    expect(runs.every(({ attempts, resumedFrom = 0 }) => attempts > (resumedFrom > 0 ? 1 : 0))).toBe(true);
    for (const { params, sha256, checkpoint } of runs) {
      const out = join(folder, `plain-${params.seed}`);
      document("train", ...training, "--k", "4", "--seed", `${params.seed}`, "--out", out);
      const weights = readFileSync(join(out, "sae_weights.safetensors"));
      expect(createHash("sha256").update(weights).digest("hex")).toBe(sha256);
      expect(readFileSync(join(checkpoint as string, "sae_weights.safetensors"))).toEqual(weights);
    }
  },
  240_000,
);

it("a sweep asked for again has nothing to do; a longer one trains what is new; job does one of a list", () => {
  const folder = temporaryFolder();
  const data = writeSamples(folder, "data.npy", 300, 16);
  const store = join(folder, "store");
  const command = ["sweep", "--data", data, ...small, "--steps", "50", "--store", store];
  const first = document(...command, "--grid", "k=2", "--grid", "lr=1e-3,3e-3", "--engine", "none");
  const states = (found: Record<string, unknown>) => (found.rows as readonly SweepRun[]).map(({ state }) => state);
  expect(states(first)).toEqual(["missing", "missing"]);
  expect(document("job", first.manifest as string, "--index", "1").outcome).toBe("committed");
  expect(document("job", first.manifest as string, "--index", "1").outcome).toBe("skipped");
  expect(states(document("runs", store))).toEqual(["missing", "done"]);

  const ran = monosema(...command, "--grid", "k=2", "--grid", "lr=1e-3,3e-3");
  expect([ran.status, ran.stdout]).toEqual([
    0,
    expect.stringMatching(/2 runs, 1 done before; 2 at a time, up to \d+ MiB/),
  ]);
  expect(ran.stdout).toMatch(/^lr +fvu held out +fvu +L0 +dead/m);
  expect(readFileSync(join(store, "report.html"), "utf8")).toContain("fvu by lr");
  const again = monosema(...command, "--grid", "k=2", "--grid", "lr=1e-3,3e-3");
  expect(again.stdout).toContain("2 runs, 2 done before: nothing to do");
  expect(states(document(...command, "--grid", "k=2,3", "--grid", "lr=1e-3"))).toEqual(["done", "done"]);
  expect(states(document("runs", store))).toEqual(["done", "done", "done"]);
  const shown = monosema("runs", store, "--html", "--out", join(folder, "page"));
  expect(shown.stdout).toContain(`report: ${join(folder, "page", "report.html")}`);
  expect(readFileSync(join(folder, "page", "report.html"), "utf8")).toContain("fvu by k");
}, 120_000);

it("a run that always fails is shown with its message, and the others finish", () => {
  const folder = temporaryFolder();
  const data = writeSamples(folder, "data.npy", 300, 16);
  const store = join(folder, "store");
  const command = ["sweep", "--data", data, ...small, "--steps", "60", "--grid", "lr=1e-3,1e30", "--normalize", "none"];
  const ran = monosema(...command, "--store", store);
  expect(ran.status).toBe(1);
  expect(ran.stderr).toMatch(/1 of 2 runs failed/);
  const { rows: runs } = document("runs", store) as unknown as { rows: readonly SweepRun[] };
  expect(runs.map(({ state }) => state)).toEqual(["done", "failed"]);
  expect(runs[1]?.message).toMatch(/became NaN/);
  const shown = monosema("runs", store);
  expect(shown.stdout).toMatch(/2 runs: 1 done, 1 failed, 0 left[\s\S]*failed: lr 1e30 after \d attempts: /);
  expect(monosema("runs", store, "--retry-failed").stdout).toContain("1 failed runs wait for the next sweep");
  expect(monosema("runs", store).stdout).toContain("2 runs: 1 done, 0 failed, 1 left");
}, 120_000);

it.each([
  [["--grid", "kk=4"], /--grid must vary an option of train, got kk; did you mean k\?/],
  [["--grid", "k=4,400"], /k 400: --k must be at most the number of latents, 64, got 400/],
  [["--grid", "k=4", "--k", "5"], /--k must be given once, got --k 5 and --grid k/],
  [["--grid", "k="], /--grid k must list values/],
  [["--grid", "k=4", "--grid", "k=5"], /--grid k may be given once/],
  [["--grid", "seed=4..0"], /--grid ranges must rise/],
  [["--grid", "k=4", "--engine", "redish"], /--engine must be one of local, redis:\/\/HOST:PORT.*none, got redish/],
  [["--grid", "k=4", "--workers", "0"], /--workers must be at least 1 with --engine local, got 0/],
])("refuses %j before any work", async (args, message) => {
  const folder = temporaryFolder();
  const data = writeSamples(folder, "data.npy", 100, 16);
  const store = join(folder, "store");
  const ran = await inProcess("sweep", "--data", data, "--latents", "64", ...args, "--store", store);
  expect(ran).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
  expect(existsSync(store)).toBe(false);
});

it("takes options of a file, which those of the command line replace", () => {
  const folder = temporaryFolder();
  const data = writeSamples(folder, "data.npy", 100, 16);
  const config = join(folder, "sweep.json");
  const grid = { k: [2, 3], seed: "0..1" };
  const training = { latents: 64, steps: 10, batch: 64, backend: "simd", tier: "int16", quiet: true };
  writeFileSync(config, JSON.stringify({ data: [data], grid, engine: "none", threads: 1, ...training }));
  const planned = (...args: readonly string[]) =>
    (
      document("sweep", "--config", config, ...args, "--out", join(folder, `out${args.length}`))
        .rows as readonly SweepRun[]
    ).map(({ params }) => params);
  const all = planned();
  expect(all.map(({ k, seed }) => `${k} ${seed}`)).toEqual(["2 0", "2 1", "3 0", "3 1"]);
  expect(all[0]).toMatchObject({ latents: "64", steps: "10" });
  const other = planned("--grid", "k=4", "--steps", "20");
  expect(other.map(({ k, seed, steps }) => `${k} ${seed} ${steps}`)).toEqual(["4 0 20", "4 1 20"]);
}, 60_000);

it.each([
  [{ dta: "x.npy" }, /--config .* may hold options of sweep, got dta; did you mean data\?/],
  [{ grid: { kk: [1] } }, /--grid must vary an option of train, got kk; did you mean k\?/],
  [{ grid: ["k=1"] }, /grid of --config .* must be a record of lists/],
  [{ grid: { k: [[1]] } }, /grid k of --config .* must be a list of numbers and texts/],
  [{ quiet: 1 }, /quiet of --config .* must be true or false, got 1/],
  [{ latents: { n: 1 } }, /latents of --config .* must be a number, a text or a list/],
  [{ config: "x" }, /may hold options of sweep, got config/],
  [[], /one record of options/],
])("refuses the file %j before any work", async (content, message) => {
  const folder = temporaryFolder();
  const data = writeSamples(folder, "data.npy", 100, 16);
  const config = join(folder, "sweep.json");
  writeFileSync(config, JSON.stringify(content));
  const store = join(folder, "store");
  const ran = await inProcess("sweep", "--data", data, "--config", config, "--store", store);
  expect(ran).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
  expect(existsSync(store)).toBe(false);
});

it.each([
  [["worker", "--store", "STORE"], /--engine must be that of the sweep, redis:\/\/HOST:PORT.*, got none/],
  [["worker", "--store", "STORE", "--engine", "local"], /--engine must be that of the sweep, .*, got local/],
  [["worker", "--engine", "redis://127.0.0.1:1"], /--store must be the store of a sweep, got none/],
  [
    ["worker", "--engine", "redis://127.0.0.1:1", "--store", "STORE"],
    /--store must be the store of a sweep, got .* without runs/,
  ],
  [["runs", "STORE", "--cancel"], /--cancel and --engine need each other/],
])("refuses %j", async (args, message) => {
  const folder = temporaryFolder();
  const ran = await inProcess(...args.map((arg) => (arg === "STORE" ? folder : arg)));
  expect(ran).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
});

it("runs needs the folder of a sweep, and job one of its lists", async () => {
  const folder = temporaryFolder();
  const list = join(folder, "list.json");
  writeFileSync(list, "{}");
  expect(await inProcess("runs", folder)).toMatchObject({ status: 2, stderr: expect.stringContaining("without runs") });
  expect(await inProcess("job", list, "--index", "0")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("MANIFEST must be a list of jobs"),
  });
});

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
}

const exit = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on("exit", (code) => resolve(code)));
