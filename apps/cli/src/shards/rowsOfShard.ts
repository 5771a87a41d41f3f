import { type Rows, withoutRows } from "@monosema/sdl";
import type { Shard } from "./shard.js";

/** The rows of a shard. */
export function rowsOfShard(source: Rows, { from, to, leftOut }: Pick<Shard, "from" | "to" | "leftOut">): Rows {
  const range: Rows = {
    rows: to - from,
    columns: source.columns,
    ...(source.block === undefined ? {} : { block: source.block }),
    readRows: (start, count) => source.readRows(from + start, count),
  };
  return withoutRows(
    range,
    Int32Array.from(leftOut, (row) => row - from),
  );
}
