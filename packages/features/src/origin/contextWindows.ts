import { rowBlocks } from "./rowBlocks.js";
import type { RowOrigin } from "./rowOrigin.js";

/** The tokens around a row, in order, of its document alone. */
export interface ContextWindow {
  /** Rows of the tokens; -1 for a place whose row is missing. */
  readonly rows: readonly number[];
  /** Token ids; -1 where the row is missing. */
  readonly tokens: readonly number[];
  /** Index of the row's own token. */
  readonly at: number;
}

/** How far a context goes. */
export interface ContextSize {
  /** Tokens before. Default 12. */
  readonly before?: number;
  /** Tokens after. Default 4. */
  readonly after?: number;
}

/**
 * The contexts of rows that are tokens, by position where positions are known: a row that a harvest left out is a gap, not the next word.
 * Neighbouring missing tokens are one gap.
 *
 * @param rows - ascending
 * @param total - rows of the activations
 * @param visit - called with the place of each row in `rows` and its context
 */
export async function contextWindows(
  origin: RowOrigin,
  rows: Int32Array,
  total: number,
  visit: (index: number, context: ContextWindow) => void,
  { before = 12, after = 4 }: ContextSize = {},
): Promise<void> {
  for (const block of rowBlocks(rows)) {
    const first = Math.max(0, block.start - before);
    const count = Math.min(total, block.start + block.count + after) - first;
    const [tokens, documents, positions] = await Promise.all([
      origin.tokens?.(first, count),
      origin.documents?.(first, count),
      origin.positions?.(first, count),
    ]);
    if (tokens === undefined) continue;
    const isNext = (row: number): boolean =>
      (documents === undefined || documents[row] === documents[row - 1]) &&
      (positions === undefined || (positions[row] as number) > (positions[row - 1] as number));
    const distance = (from: number, to: number): number =>
      positions === undefined ? to - from : (positions[to] as number) - (positions[from] as number);
    for (let i = block.from; i < block.to; i++) {
      const own = (rows[i] as number) - first;
      let [low, high] = [own, own];
      while (low > 0 && isNext(low) && distance(low - 1, own) <= before) low--;
      while (high + 1 < count && isNext(high + 1) && distance(own, high + 1) <= after) high++;
      const window = { rows: [] as number[], tokens: [] as number[] };
      let at = 0;
      for (let row = low; row <= high; row++) {
        if (row > low && distance(row - 1, row) > 1) {
          window.rows.push(-1);
          window.tokens.push(-1);
        }
        if (row === own) at = window.rows.length;
        window.rows.push(first + row);
        window.tokens.push(tokens[row] as number);
      }
      visit(i, { ...window, at });
    }
  }
}
