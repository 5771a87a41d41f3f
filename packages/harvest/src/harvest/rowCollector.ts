import type { RuntimeTensor } from "../runtime/runtime.js";
import type { HarvestGroup, HarvestItem } from "../source/harvestSource.js";
import { hookRows } from "./hookRows.js";

/** Rows of some hooks, and where they come from. */
export interface CollectedRows {
  /** Number of rows. */
  readonly rows: number;
  /** `[rows, width]` by hook. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Token of each row; absent for images. */
  readonly token?: Int32Array;
  /** Document of each row. */
  readonly document: Int32Array;
  /** Position of each row in its document. */
  readonly position: Int32Array;
}

/** Gathers the rows of items from what a model gives. */
export interface RowCollector {
  /** Adds the rows of a group. */
  add(group: HarvestGroup, outputs: Readonly<Record<string, RuntimeTensor>>): void;
  /** Rows since the last call of {@link take}. */
  readonly rows: number;
  /** These rows; views, good until the next call of {@link add}. */
  take(): CollectedRows;
}

/**
 * A collector for up to `capacity` rows at a time; memory for them is taken once.
 *
 * @throws RangeError for outputs of another shape or that are not finite
 */
export function rowCollector(widths: ReadonlyMap<string, number>, capacity: number): RowCollector {
  const values = new Map([...widths].map(([hook, width]) => [hook, new Float32Array(capacity * width)]));
  const [token, document, position] = [new Int32Array(capacity), new Int32Array(capacity), new Int32Array(capacity)];
  let rows = 0;
  let hasTokens = false;
  return {
    get rows() {
      return rows;
    },
    add({ items, before }, outputs) {
      const ofTokens = items.every(({ ids }) => ids !== undefined);
      const found = new Map<string, number>();
      for (const [hook, width] of widths) {
        const { data, places } = hookRows(hook, outputs[hook], { items: items.length, ofTokens, width });
        found.set(hook, places);
        const into = values.get(hook) as Float32Array;
        let at = rows;
        for (const [b, item] of items.entries()) {
          const count = item.ids?.length ?? places - before;
          const first = b * places + before;
          const part = data.subarray(first * width, (first + count) * width);
          refuseInfinite(hook, part, width, item);
          into.set(part, at * width);
          at += count;
        }
      }
      const places = samePlaces(found);
      hasTokens = ofTokens;
      for (const { document: of, position: from, ids } of items) {
        const count = ids?.length ?? places - before;
        if (ids) token.set(ids, rows);
        document.fill(of, rows, rows + count);
        for (let t = 0; t < count; t++) position[rows + t] = from + t;
        rows += count;
      }
    },
    take() {
      const taken = {
        rows,
        values: new Map(
          [...widths].map(([hook, width]) => [hook, (values.get(hook) as Float32Array).subarray(0, rows * width)]),
        ),
        ...(hasTokens ? { token: token.subarray(0, rows) } : {}),
        document: document.subarray(0, rows),
        position: position.subarray(0, rows),
      };
      rows = 0;
      return taken;
    },
  };
}

/** The number of places of all hooks: a row is one place at each of them. */
function samePlaces(found: ReadonlyMap<string, number>): number {
  const [places = 0, ...others] = found.values();
  if (others.every((other) => other === places)) return places;
  const got = [...found].map(([hook, count]) => `${count} of ${hook}`).join(", ");
  throw new RangeError(
    `harvest: hooks must have as many places of an item as each other, got ${got}; harvest them apart`,
  );
}

function refuseInfinite(hook: string, part: Float32Array, width: number, { document, position }: HarvestItem): void {
  const bad = part.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new RangeError(
    `harvest: ${hook} must be finite, got ${part[bad]} at position ${position + Math.floor(bad / width)} of document ${document}; the model overflows there, leave the document out`,
  );
}
