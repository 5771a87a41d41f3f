import { slurmCommand } from "./slurmCommand.js";
import type { ArrayPart } from "./taskScript.js";

/** Tasks that Slurm knows: those that it has not ended, and for some minutes those that it has. */
export interface KnownTasks extends ArrayPart {
  /** Number of their array; a later one has a higher number. */
  readonly array: number;
  /** Their indices in it. */
  readonly indices: readonly number[];
  /** What they do; `cancelled`: a person took them back. */
  readonly state: "waits" | "runs" | "cancelled" | "ended";
}

/** Comment of an array, by which its tasks are known again. */
export const commentOf = ({ manifest, offset, count }: ArrayPart): string => `${offset}+${count} ${manifest}`;

/** Tasks of a name; of several lines for one task the last holds. */
export async function knownTasks(name: string): Promise<readonly KnownTasks[]> {
  const args = ["--noheader", "--array", "--states=all", `--name=${name}`, "--format=%F|%K|%T|%k"];
  const found = (await slurmCommand("squeue", args)).split("\n").flatMap((line) => {
    const [, array, index, state = "", first, jobs, manifest] =
      /^\s*(\d+)\s*\|(\d+|N\/A)\s*\|(\w+)\s*\|(\d+)\+(\d+) (.*?)\s*$/.exec(line) ?? [];
    if (manifest === undefined) return [];
    const [offset, count] = [Number(first), Number(jobs)];
    const indices = index === "N/A" ? Array.from({ length: count }, (_, i) => i) : [Number(index)];
    return [{ manifest, offset, count, array: Number(array), state: stateOf(state), indices }];
  });
  // A line without an index tells of all tasks of an array that have none of their own, such as those that never began.
  return found.sort((a, b) => a.array - b.array || b.indices.length - a.indices.length);
}

/** States of tasks that are over. */
const over = /^(BOOT_FAIL|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|REVOKED|TIMEOUT)$/;

function stateOf(state: string): KnownTasks["state"] {
  if (state === "CANCELLED") return "cancelled";
  if (over.test(state)) return "ended";
  return state === "PENDING" ? "waits" : "runs";
}

/** Tasks that an array of this cluster may have. */
export async function mostTasks(): Promise<number> {
  const config = await slurmCommand("scontrol", ["show", "config"]);
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1] ?? 1001); // Slurm's default
}
