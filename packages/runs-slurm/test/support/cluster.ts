import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { folderStore, type Job, jobOf, type Store } from "@monosema/runs";
import { onTestFinished, vi } from "vitest";
import type { SlurmEngineOptions } from "../../src/index.js";

const program = fileURLToPath(new URL("./fakeSlurm.mjs", import.meta.url));
const oneJob = fileURLToPath(new URL("./oneJob.mjs", import.meta.url));

/** A store beside a cluster that is made of this machine. */
export interface Cluster {
  /** The store. */
  readonly store: Store;
  /** Options of an engine of them. */
  readonly options: SlurmEngineOptions;
  /** Arguments of each `sbatch`, in order. */
  readonly submissions: () => readonly (readonly string[])[];
  /** Sets a switch of the cluster. */
  readonly set: (name: "away" | "held" | "lose", text?: string) => void;
  /** Takes it back. */
  readonly unset: (name: "away" | "held") => void;
}

/** Starts a cluster that ends with the test: `sbatch` and its like are first on the PATH. */
export async function cluster(): Promise<Cluster> {
  const root = mkdtempSync(join(tmpdir(), "monosema-slurm-"));
  const names = join(root, "bin");
  mkdirSync(names);
  for (const name of ["sbatch", "squeue", "scontrol", "scancel"]) symlinkSync(program, join(names, name));
  vi.stubEnv("PATH", `${names}${delimiter}${process.env.PATH}`);
  vi.stubEnv("FAKE_SLURM", root);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });
  const store = await folderStore(join(root, "a store"));
  return {
    store,
    options: { command: [process.execPath, oneJob, store.name], logs: join(root, "logs"), every: 0.2 },
    submissions: () =>
      readFileSync(join(root, "sbatch.log"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as readonly string[]),
    set: (name, text = "") => writeFileSync(join(root, name), text),
    unset: (name) => rmSync(join(root, name)),
  };
}

/** A job with a number, and what becomes of it. */
export const numbered = (number: number, fate = "done"): Job =>
  jobOf({ kind: "test", parameters: { number, fate }, inputs: {}, pins: {}, version: "1" });
