import { type Measuring, measuredSums } from "../evaluate/measuredSums.js";
import { openSamples } from "../samples.js";
import { finiteSums } from "./finiteSums.js";
import { refuseOtherRows } from "./refuseOtherRows.js";
import { rowsOfShard } from "./rowsOfShard.js";
import type { RunShard } from "./shard.js";

/** The sums of `monosema evaluate` over the rows of a shard. */
export const evaluateShard: RunShard = async (session, shard, { texts, model, backend }) => {
  const { data, target } = await openSamples(session.given, texts, model);
  refuseOtherRows(shard, data);
  const sums = await measuredSums(session, backend, model, {
    inputs: rowsOfShard(data, shard),
    targets: target && rowsOfShard(target, shard),
    inference: shard.settings.inference as Measuring["inference"],
  });
  return finiteSums(sums, shard);
};
