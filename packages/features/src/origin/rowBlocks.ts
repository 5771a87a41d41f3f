/** Rows that are read together. */
const BLOCK = 2 ** 16;

/** Wanted rows that lie close together. */
export interface RowBlock {
  /** Their first place in the list of wanted rows. */
  readonly from: number;
  /** The place after their last. */
  readonly to: number;
  /** The first row to read. */
  readonly start: number;
  /** Rows to read. */
  readonly count: number;
}

/**
 * Some rows, in blocks to read that hold no long stretch without one.
 *
 * @param wanted - rows, ascending
 * @param size - rows of a block, at most
 */
export function* rowBlocks(wanted: Int32Array, size: number = BLOCK): Generator<RowBlock> {
  for (let from = 0; from < wanted.length; ) {
    const start = wanted[from] as number;
    let to = from + 1;
    while (to < wanted.length && (wanted[to] as number) < start + size && gap(wanted, to) <= size / 16) to++;
    yield { from, to, start, count: (wanted[to - 1] as number) - start + 1 };
    from = to;
  }
}

const gap = (rows: Int32Array, at: number): number => (rows[at] as number) - (rows[at - 1] as number);
