import { statfs } from "node:fs/promises";
import type { SourceSize } from "../source/harvestSource.js";
import type { HarvestPlan } from "./harvestRequest.js";

/** What the plan is made of. */
export interface PlanFacts {
  /** Where the folder is. */
  readonly folder: string;
  /** How much is to be harvested. */
  readonly size: SourceSize;
  /** Bytes of a row. */
  readonly bytesPerRow: number;
  /** Most rows of a shard. */
  readonly rowsPerShard: number;
  /** Rows that an earlier run has done. */
  readonly done: number;
  /** Seconds of a row, by the first items. */
  readonly secondsPerRow: number;
}

/**
 * Plans a harvest.
 *
 * @throws Error where the disk has less room than is needed
 */
export async function harvestPlan(facts: PlanFacts): Promise<HarvestPlan> {
  const { folder, size, bytesPerRow, rowsPerShard, done, secondsPerRow } = facts;
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const { rows, estimated } = size;
  if (rows === undefined) return { estimated, free, done };
  const left = Math.max(0, rows - done);
  if (left * bytesPerRow > free) {
    const [needed, there] = [left * bytesPerRow, free].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
    throw new RangeError(
      `harvest: ${folder} must have room for ${needed}, got ${there} free; set a limit, take fewer hooks, or another disk`,
    );
  }
  return {
    rows,
    estimated,
    bytes: Math.round(rows * bytesPerRow),
    shards: Math.ceil(rows / rowsPerShard),
    seconds: left * secondsPerRow,
    free,
    done,
  };
}
