import type { SparseRows } from "@monosema/tensor";
import { followingRows } from "./joinedCodes.js";
import type { StoredCodes } from "./openCodes.js";

/** Codes of the rows of a file but some, which are given ascending; as `withoutRows` of the samples. */
export function codesWithout(codes: StoredCodes, dropped: Int32Array): StoredCodes {
  if (dropped.length === 0) return codes;
  const gone = new Set(dropped);
  const kept = Int32Array.from({ length: codes.rows }, (_, row) => row).filter((row) => !gone.has(row));
  return {
    ...codes,
    rows: kept.length,
    async readRows(start, count) {
      const parts: SparseRows[] = [];
      for (let from = start; from < start + count; ) {
        const first = kept[from] as number;
        let to = from + 1;
        while (to < start + count && kept[to] === first + to - from) to++;
        parts.push(await codes.readRows(first, to - from));
        from = to;
      }
      return followingRows(parts);
    },
  };
}
