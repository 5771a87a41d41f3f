import { writeEncoded } from "../encode/writeEncoded.js";
import { openInputs } from "../samples.js";
import { encodedFiles } from "./encodedFiles.js";
import { finiteSums } from "./finiteSums.js";
import { refuseOtherRows } from "./refuseOtherRows.js";
import { rowsOfShard } from "./rowsOfShard.js";
import type { RunShard } from "./shard.js";

/** The codes and the reconstruction of `monosema encode` of the rows of a shard, as files; their sums. */
export const encodeShard: RunShard = async (session, shard, { texts, model, backend, folder }) => {
  const input = await openInputs(texts, model);
  refuseOtherRows(shard, input);
  const sums = await writeEncoded(session, backend, model, rowsOfShard(input, shard), encodedFiles(folder));
  return finiteSums(sums, shard);
};
