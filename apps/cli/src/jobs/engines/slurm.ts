import { join } from "node:path";
import { program } from "../../program.js";
import { isBucket } from "../stores/isBucket.js";
import type { EngineKind } from "./engineKind.js";
import { loadEngine } from "./loadEngine.js";

/** A cluster under Slurm, whose machines see the store and this program at the same paths. What tasks print is in `slurm` of the store. */
export const slurm: EngineKind = {
  ...{ form: "slurm[:PARTITION]", names: /^slurm(:[^:]+)?$/, isShared: true, hasWorkers: false },
  async open(text, { store, workers, threads, saveEvery, onNotice }) {
    const { slurmEngine } = await loadEngine("@monosema/runs-slurm", () => import("@monosema/runs-slurm"));
    const partition = text.split(":")[1];
    const options = Object.entries({ threads, "save-every": saveEvery });
    const engine = slurmEngine(store, {
      command: [
        ...[process.execPath, program, "job"],
        ...options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
      ],
      logs: join(isBucket(store.name) ? process.cwd() : store.name, "slurm"),
      ...(partition === undefined ? {} : { partition }),
      ...(workers ? { atOnce: workers } : {}),
      ...(threads === undefined ? {} : { cores: threads }),
      onNotice,
    });
    await engine.counts(); // is there a cluster?
    return engine;
  },
};
