import { slurmCommand } from "./slurmCommand.js";
import type { ArrayPart } from "./taskScript.js";

/** A task that Slurm has not ended. */
export interface QueuedTask extends ArrayPart {
  /** Its index in the array. */
  readonly index: number;
  /** Whether it waits; else it runs, or begins or ends to. */
  readonly waits: boolean;
}

/** Comment of an array, by which its tasks are known again. */
export const commentOf = ({ manifest, offset }: ArrayPart): string => `${offset} ${manifest}`;

/** Tasks of a name that Slurm has not ended. */
export async function queuedTasks(name: string): Promise<readonly QueuedTask[]> {
  const lines = await slurmCommand("squeue", ["--noheader", "--array", `--name=${name}`, "--format=%K|%T|%k"]);
  return lines.split("\n").flatMap((line) => {
    const [, index, state, offset, manifest] = /^\s*(\d+)\s*\|(\w+)\s*\|(\d+) (.*?)\s*$/.exec(line) ?? [];
    if (manifest === undefined) return [];
    return [{ manifest, offset: Number(offset), index: Number(index), waits: state === "PENDING" }];
  });
}

/** Tasks that an array of this cluster may have. */
export async function mostTasks(): Promise<number> {
  const config = await slurmCommand("scontrol", ["show", "config"]);
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1] ?? 1001); // Slurm's default
}
