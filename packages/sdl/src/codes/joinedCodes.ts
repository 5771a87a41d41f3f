import type { SparseRows } from "@monosema/tensor";
import type { StoredCodes } from "./openCodes.js";

/**
 * Files of codes whose rows follow each other, as one.
 *
 * @throws RangeError for none, or other numbers of latents
 */
export function joinedCodes(parts: readonly StoredCodes[]): StoredCodes {
  const widths = new Set(parts.map(({ latents }) => latents));
  const [latents] = widths;
  if (latents === undefined || widths.size > 1) {
    throw new RangeError(
      `joinedCodes: files must be of one number of latents, got ${[...widths].join(" and ") || "none"}; join those of one dictionary`,
    );
  }
  const starts = [0];
  for (const { rows } of parts) starts.push((starts.at(-1) as number) + rows);
  return {
    rows: starts.at(-1) as number,
    latents,
    entries: parts.reduce((sum, part) => sum + part.entries, 0),
    async readRows(start, count) {
      const read: SparseRows[] = [];
      for (const [i, part] of parts.entries()) {
        const [first, next] = [starts[i] as number, starts[i + 1] as number];
        const [from, to] = [Math.max(start, first), Math.min(start + count, next)];
        if (from < to) read.push(await part.readRows(from - first, to - from));
      }
      return followingRows(read);
    },
    async close() {
      for (const part of parts) await part.close();
    },
  };
}

/** Rows that follow each other, together. */
export function followingRows(parts: readonly SparseRows[]): SparseRows {
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
