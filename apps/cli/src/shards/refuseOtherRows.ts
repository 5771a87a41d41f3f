import type { Rows } from "@monosema/sdl";
import { UsageError } from "../usageError.js";
import type { Shard } from "./shard.js";

/** Refuses files that have not the rows that the job was made of. */
export function refuseOtherRows({ of }: Shard, { rows }: Pick<Rows, "rows">): void {
  if (rows === of) return;
  throw new UsageError(
    `--data must have the ${of} rows that the shards were made of, got ${rows}; start the command again`,
  );
}
