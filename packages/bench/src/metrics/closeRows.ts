import { gatherRows } from "@monosema/numerics";
import type { Backend } from "@monosema/tensor";
import { similarity } from "./similarity.js";

const BLOCK = 1024;

/**
 * For some rows the others with a signed cosine above tau, by the backend's matrix product in blocks of rows.
 *
 * @param values - `[count, width]`
 * @param asked - rows that are looked at
 * @param others - rows that they are compared with; a row is close to itself
 */
export async function closeRows(
  backend: Backend,
  values: Float32Array | Float64Array,
  count: number,
  asked: readonly number[],
  others: readonly number[],
  tau: number,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const width = values.length / count;
  const close = new Map<number, readonly number[]>();
  if (others.length === 0) return close;
  const compared = { values: gatherRows(values, width, others), count: others.length };
  for (let start = 0; start < asked.length; start += BLOCK) {
    const block = asked.slice(start, start + BLOCK);
    const { cosine } = await similarity(
      backend,
      { values: gatherRows(values, width, block), count: block.length },
      compared,
      width,
    );
    block.forEach((row, i) => {
      const own = cosine.subarray(i * others.length, (i + 1) * others.length);
      close.set(
        row,
        others.filter((_, j) => (own[j] as number) > tau),
      );
    });
  }
  return close;
}
