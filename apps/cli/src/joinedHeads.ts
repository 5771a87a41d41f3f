import type { Model, Rows } from "@monosema/sdl";

/**
 * Samples of a dictionary on the heads of an attention layer, flattened to one row each (SAELens `hook_z`): a file `[N, heads, d_head]` is
 * read as rows of one head, which are joined. Other samples stay as they are.
 */
export function joinedHeads(rows: Rows, { spec, metadata }: Pick<Model, "spec" | "metadata">): Rows {
  const heads = spec.nP / rows.columns;
  const isHeads = metadata?.reshape_activations === "hook_z" && Number.isInteger(heads) && rows.rows % heads === 0;
  if (!isHeads || heads === 1) return rows;
  return {
    rows: rows.rows / heads,
    columns: spec.nP,
    ...(rows.block === undefined ? {} : { block: Math.max(1, Math.floor(rows.block / heads)) }),
    readRows: (start, count) => rows.readRows(start * heads, count * heads),
  };
}
