import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SweepRun } from "@monosema/experiments/report";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { bin, document, inProcess, monosema, temporaryFolder, writeSamples } from "./support/cli.js";

const fakeSlurm = fileURLToPath(new URL("../../../packages/runs-slurm/test/support/fakeSlurm.mjs", import.meta.url));

/** A folder whose `sbatch`, `squeue`, `scontrol` and `scancel` are first on the PATH. */
function cluster(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "bin"));
  for (const name of ["sbatch", "squeue", "scontrol", "scancel"]) symlinkSync(fakeSlurm, join(folder, "bin", name));
  vi.stubEnv("PATH", `${join(folder, "bin")}${delimiter}${process.env.PATH}`);
  vi.stubEnv("FAKE_SLURM", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

const small = ["--latents", "64", "--batch", "64", "--backend", "simd", "--tier", "int16", "--steps", "30"];

describe.skipIf(process.platform === "win32")("a sweep on the commands of Slurm", () => {
  it("submits an array, waits for it and collects; what is lost is submitted again", () => {
    const folder = cluster();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const store = join(folder, "store");
    writeFileSync(join(folder, "lose"), "1");
    const sweep = ["sweep", "--data", data, ...small, "--grid", "k=2,3", "--store", store, "--engine", "slurm:gpu"];
    const made = document(...sweep, "--workers", "5", "--threads", "1");
    expect((made.rows as readonly SweepRun[]).map(({ state }) => state)).toEqual(["done", "done"]);
    const [first = [], second = []] = readFileSync(join(folder, "sbatch.log"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as string[]);
    expect(first).toEqual(expect.arrayContaining(["--array=0-1%5", "--partition=gpu", "--cpus-per-task=1"]));
    expect(second).toEqual(expect.arrayContaining(["--array=0-0%5"]));
    expect(readdirSync(join(store, "slurm"))).toEqual([]); // where the real one writes what tasks print
    expect(existsSync(join(store, "report.html"))).toBe(true);
  }, 120_000);

  it("what has not begun is taken back by runs --cancel", async () => {
    const folder = cluster();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const store = join(folder, "store");
    const sweep = ["sweep", "--data", data, ...small, "--grid", "k=2,3", "--store", store];
    writeFileSync(join(folder, "held"), "");
    document(...sweep, "--engine", "none");
    const queue = join(folder, "queue");
    const child = spawn(process.execPath, [bin, ...sweep, "--engine", "slurm"], { stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    while (!existsSync(queue) || readdirSync(queue).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    const cancelled = monosema("runs", store, "--cancel", "--engine", "slurm");
    expect([cancelled.status, readdirSync(queue)]).toEqual([0, []]);
    expect(cancelled.stdout).toContain("2 runs: 0 done, 0 failed, 2 left");
  }, 120_000);

  it("says what is missing", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    vi.stubEnv("PATH", folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    const sweep = ["sweep", "--data", data, ...small, "--grid", "k=2", "--store", join(folder, "store")];
    const ran = await inProcess(...sweep, "--engine", "slurm");
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining("squeue must be on the PATH") });
    const worker = await inProcess("worker", "--engine", "slurm", "--store", join(folder, "store"));
    expect(worker).toMatchObject({ status: 2, stderr: expect.stringContaining("needs no workers") });
  }, 60_000);
});
