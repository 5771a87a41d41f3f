import type { SparseRows } from "@monosema/tensor";
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
      return joinedCodes(parts);
    },
  };
}

function joinedCodes(parts: readonly SparseRows[]): SparseRows {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const offsets = [0];
  for (const part of parts) {
    const before = offsets.at(-1) as number;
    for (const offset of part.offsets.subarray(1)) offsets.push(before + offset);
  }
  return {
    offsets: Int32Array.from(offsets),
    latents: Int32Array.from(parts.flatMap((part) => [...part.latents])),
    values: Float32Array.from(parts.flatMap((part) => [...part.values])),
  };
}
