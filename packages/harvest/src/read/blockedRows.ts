import type { RowReader } from "./joinedRows.js";

/** Blocks that are kept: one that is read from, and the next where a range crosses their border. */
const kept = 2;

/** The same rows, which are read by blocks of `block` rows: those read last are kept, so that neighbours are decoded once. */
export function blockedRows({ rows, readRows }: RowReader, columns: number, block: number): RowReader {
  const blocks = new Map<number, Promise<Float32Array>>();
  const blockAt = (number: number): Promise<Float32Array> => {
    const first = number * block;
    const values = blocks.get(number) ?? readRows(first, Math.min(block, rows - first));
    blocks.delete(number);
    blocks.set(number, values); // last in the order of the map: read last
    values.catch(() => blocks.delete(number));
    for (const oldest of blocks.keys()) if (blocks.size > kept) blocks.delete(oldest);
    return values;
  };
  return {
    rows,
    async readRows(start, count) {
      const within = start % block;
      const number = (start - within) / block;
      if (count > 0 && within + count <= block) {
        return (await blockAt(number)).subarray(within * columns, (within + count) * columns);
      }
      const out = new Float32Array(count * columns);
      for (let done = 0; done < count; ) {
        const [at, skipped] = [Math.floor((start + done) / block), (start + done) % block];
        const part = (await blockAt(at)).subarray(skipped * columns, (skipped + count - done) * columns);
        out.set(part, done * columns);
        done += part.length / columns;
      }
      return out;
    },
  };
}
