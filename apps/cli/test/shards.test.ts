import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeNpy } from "@monosema/tensor";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bin, document, inProcess, monosema, temporaryFolder, writeSamples } from "./support/cli.js";

const simd = ["--backend", "simd", "--tier", "int16", "--threads", "1"];

const folder = mkdtempSync(join(tmpdir(), "monosema-cli-"));
const checkpoint = join(folder, "checkpoint");
const data = join(folder, "data.npy");

afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  writeSamples(folder, "data.npy", 2500, 24);
  document("train", "--data", data, ...["--latents", "96", "--k", "4", "--steps", "200", "--out", checkpoint], ...simd);
}, 60_000);

/** What a command leaves: its files. */
const filesOf = (out: string): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name))]));

/** Results in a store. */
const resultsIn = (store: string): readonly string[] => {
  try {
    return readdirSync(join(store, "results")).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
};

describe("a command by shards", { timeout: 240_000 }, () => {
  it.each<[command: string, options: readonly string[]]>([
    ["encode", []],
    ["features", ["--max-norm", "1.5", "--check", "3: label: a", "--page", "on"]],
  ])(
    "%s, killed with its workers and asked for again with others, gives the bytes of one pass",
    async (command, options) => {
      const work = temporaryFolder();
      const labels = join(work, "labels.json");
      writeFileSync(labels, JSON.stringify(Array.from({ length: 2500 }, (_, row) => (row % 3 === 0 ? "a" : "b"))));
      const own = command === "features" ? [...options, "--labels", labels] : options;
      const plain = join(work, "plain");
      document(command, checkpoint, "--data", data, ...own, ...simd, "--out", plain);

      const store = join(work, "store");
      const sharded = [command, checkpoint, "--data", data, ...own, ...simd, "--shard-rows", "700", "--store", store];
      const child = spawn(process.execPath, [
        bin,
        ...sharded,
        "--workers",
        "2",
        "--out",
        join(work, "killed"),
        "--quiet",
      ]);
      onTestFinished(() => void child.kill("SIGKILL"));
      const ended = exit(child);
      while (resultsIn(store).length < 1 && child.exitCode === null) await pause();
      child.kill("SIGKILL");
      await ended;
      const before = resultsIn(store).length;
      expect(before).toBeGreaterThanOrEqual(1);
      expect(before).toBeLessThan(4);

      const again = monosema(...sharded, "--workers", "1", "--out", join(work, "again"));
      expect([again.status, again.stderr.match(/error/i)]).toEqual([0, null]);
      expect(again.stdout).toContain(`4 shards, ${before} done before; 1 at a time`);
      expect(filesOf(join(work, "again"))).toEqual(filesOf(plain));
      const third = monosema(...sharded, "--workers", "3", "--out", join(work, "third"));
      expect(third.stdout).toContain("4 shards, 4 done before: nothing to do but to join them");
      expect(filesOf(join(work, "third"))).toEqual(filesOf(plain));
      expect(monosema("runs", store).stdout).toBe(`${command}: 4 shards: 4 done, 0 failed, 0 left\n`);
    },
  );

  it("evaluate gives the same bits for any number of workers, and the figures of one pass to 12 digits", () => {
    const work = temporaryFolder();
    const given = ["evaluate", checkpoint, "--data", data, "--max-norm", "1.5", ...simd];
    const metricsOf = (...options: readonly string[]) =>
      document(...given, ...options).metrics as Readonly<Record<string, number>>;
    const plain = metricsOf();
    const byOne = metricsOf("--shard-rows", "1300", "--store", join(work, "one"), "--workers", "1");
    const byTwo = metricsOf("--shard-rows", "1300", "--store", join(work, "two"), "--workers", "2");
    expect(byOne).toEqual(byTwo);
    expect(Object.keys(byOne)).toEqual(Object.keys(plain));
    expect(plain.samples).toBeLessThan(2500);
    for (const [name, value] of Object.entries(plain))
      expect(Math.abs((byOne[name] as number) - value), name).toBeLessThanOrEqual(1e-12 * Math.abs(value));
  });

  it("audit encodes by shards, and says what it says otherwise", () => {
    const work = temporaryFolder();
    const audit = ["audit", checkpoint, "--data", data, ...simd, "--limit", "samples=100"];
    const plain = document(...audit, "--out", join(work, "plain"));
    const store = join(work, "store");
    const sharded = document(...audit, "--shard-rows", "900", "--store", store, "--out", join(work, "sharded"));
    expect(resultsIn(store)).toHaveLength(3);
    for (const key of ["summary", "quality", "findings", "verdict", "undecided"])
      expect(sharded[key]).toEqual(plain[key]);
    const latents = (out: string) => readFileSync(join(work, out, "latents.json"), "utf8");
    expect(latents("sharded")).toBe(latents("plain"));
  });

  it("runs a shard as a job of its list, and does those of other settings anew", () => {
    const work = temporaryFolder();
    const store = join(work, "store");
    const given = ["evaluate", checkpoint, "--data", data, ...simd, "--shard-rows", "2000", "--store", store];
    const first = document(...given).metrics;
    for (const name of resultsIn(store)) rmSync(join(store, "results", name));
    const [manifest] = readdirSync(join(store, "manifests"));
    const list = join(store, "manifests", manifest as string);
    for (const index of ["1", "0"]) expect(document("job", list, "--index", index).outcome).toBe("committed");
    expect(document("job", list, "--index", "1").outcome).toBe("skipped");
    expect(document(...given).metrics).toEqual(first);
    expect(monosema(...given, "--inference", "omp").stdout).toContain("2 shards; 2 at a time");
  });

  it("names the rows of a shard that fails, and keeps the others", () => {
    const work = temporaryFolder();
    const values = new Float32Array(60 * 24).map((_, i) => Math.sin(i));
    values.fill(3e38, 24 * 45, 24 * 46);
    const bad = join(work, "bad.npy");
    writeFileSync(bad, writeNpy({ shape: [60, 24], data: values }));
    const store = join(work, "store");
    const ran = monosema("evaluate", checkpoint, "--data", bad, ...simd, "--shard-rows", "20", "--store", store);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/1 of 3 shards failed; rows 40 to 59: .*rows 40 to 59 must be finite/s);
    expect(resultsIn(store)).toHaveLength(2);
    expect(monosema("runs", store).stdout).toMatch(
      /^evaluate: 3 shards: 2 done, 1 failed, 0 left\nfailed: .*rows 40 to 59/,
    );
  });
});

it.each<[string, RegExp]>([
  ["evaluate --shard-rows 0", /--shard-rows must be a number of at least 1, got 0/],
  ["encode --shard-rows 10", /--store must be given with --shard-rows/],
  ["features --store s", /--store must be given with --shard-rows, got it alone/],
  ["evaluate --workers 2", /--workers must be given with --shard-rows, got it alone/],
  ["evaluate --shard-rows 10 --store s --saebench", /--saebench and --shard-rows exclude each other/],
  ["features --shard-rows 10 --store s --codes-in c", /--codes-in and --shard-rows exclude each other/],
  [
    "encode --shard-rows 10 --store s --engine slrum",
    /--engine must be one of local, .*got slrum; did you mean slurm\?/,
  ],
])("refuses %s", async (line, message) => {
  const [command = "", ...options] = line.split(" ");
  const { status, stderr } = await inProcess(command, checkpoint, "--data", data, ...options);
  expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
});

const exit = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.on("close", () => resolve()));
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
