/** Where rows come from; the origin that `openActivations` of `@monosema/harvest/read` gives is one. */
export interface RowOrigin {
  /** Token ids of rows `start` to `start + count - 1`. */
  tokens?(start: number, count: number): Promise<Int32Array>;
  /** Documents of these rows; the rows of a document follow each other. */
  documents?(start: number, count: number): Promise<Int32Array>;
  /** Positions in the document of these rows, ascending; rows that are missing leave a gap. */
  positions?(start: number, count: number): Promise<Int32Array>;
}
