import { openModel } from "@monosema/sdl";
import type { SparseRows } from "@monosema/tensor";
import { writeSparseCodes } from "../encode/sparseCodes.js";
import { encodedBatch } from "../encode/writeEncoded.js";
import { openInputs } from "../samples.js";
import { watchedBatches } from "../watchedBatches.js";
import { encodedFiles } from "./encodedFiles.js";
import { refuseOtherRows } from "./refuseOtherRows.js";
import { rowsOfShard } from "./rowsOfShard.js";
import type { RunShard } from "./shard.js";

/** The codes of the rows of a shard, as a file. */
export const codesShard: RunShard = async (session, shard, { texts, model, backend, folder }) => {
  const input = await openInputs(texts, model);
  refuseOtherRows(shard, input);
  const rows = rowsOfShard(input, shard);
  const { nQ } = model.spec;
  const loaded = openModel(backend, model);
  const codes = async function* (): AsyncGenerator<SparseRows> {
    for await (const batch of watchedBatches(session, "encoding", rows, encodedBatch(nQ)))
      yield await loaded.encode(batch.input, batch.size);
  };
  try {
    await writeSparseCodes(session, encodedFiles(folder).codes, [rows.rows, nQ], codes());
  } finally {
    loaded.dispose();
  }
  return { rows: rows.rows };
};
