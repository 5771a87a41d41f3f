import type { StoredTensor } from "@monosema/tensor";
import type { CollectedRows } from "./rowCollector.js";

/** Element type of activations in a file. */
export type HarvestDtype = "F16" | "F32";

/** From here on float16 rounds to infinity. */
const float16Limit = 65520;

/**
 * The tensors of a shard: `[rows, width]` of each hook, and `token` (of texts), `document`, `position` `[rows]`; rows of `keep` 0 are left out.
 *
 * @throws RangeError for a value that float16 cannot hold
 */
export function shardTensors(
  collected: CollectedRows,
  keep: Uint8Array,
  dtype: HarvestDtype,
): Map<string, StoredTensor> {
  const kept = Array.from(keep.keys()).filter((row) => keep[row] === 1);
  const tensors = new Map<string, StoredTensor>();
  for (const [hook, values] of collected.values) {
    const width = values.length / collected.rows;
    const data = new Float32Array(kept.length * width);
    for (const [i, row] of kept.entries()) data.set(values.subarray(row * width, (row + 1) * width), i * width);
    if (dtype === "F16") refuseOverflow(hook, data);
    tensors.set(hook, { dtype, shape: [kept.length, width], data });
  }
  for (const name of ["token", "document", "position"] as const) {
    const column = collected[name];
    if (column === undefined) continue;
    tensors.set(name, {
      dtype: "I32",
      shape: [kept.length],
      data: Int32Array.from(kept, (row) => column[row] as number),
    });
  }
  return tensors;
}

function refuseOverflow(hook: string, data: Float32Array): void {
  const large = data.find((value) => Math.abs(value) >= float16Limit);
  if (large === undefined) return;
  throw new RangeError(
    `harvest: values of ${hook} must be below ${float16Limit} for float16, got ${large}; store float32, or leave out rows of massive norm`,
  );
}
