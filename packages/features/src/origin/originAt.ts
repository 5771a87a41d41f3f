import { rowBlocks } from "./rowBlocks.js";
import type { RowOrigin } from "./rowOrigin.js";

/** Where some rows come from, in their order; what the origin does not know is absent. */
export interface RowsOrigin {
  /** Token ids. */
  readonly tokens?: Int32Array;
  /** Documents. */
  readonly documents?: Int32Array;
  /** Positions in the document. */
  readonly positions?: Int32Array;
}

/**
 * Looks up where rows come from.
 *
 * @param rows - ascending
 */
export async function originAt(origin: RowOrigin | undefined, rows: Int32Array): Promise<RowsOrigin> {
  const found: { -readonly [K in keyof RowsOrigin]: RowsOrigin[K] } = {};
  for (const kind of ["tokens", "documents", "positions"] as const) {
    if (origin?.[kind] === undefined) continue;
    const values = new Int32Array(rows.length);
    for (const { from, to, start, count } of rowBlocks(rows)) {
      const block = await origin[kind](start, count);
      for (let i = from; i < to; i++) values[i] = block[(rows[i] as number) - start] as number;
    }
    found[kind] = values;
  }
  return found;
}
