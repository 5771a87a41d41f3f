/** One text, or one list of token ids: windows do not cross documents. */
export interface HarvestDocument {
  /** Its number in its source, from 0. */
  readonly id: number;
  /** What it is, to recognise it when a harvest goes on. */
  readonly content: string | Int32Array;
  /** What is known of it beside its text, such as its source and licence. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Share of the source that lies before its end, 0 to 1; absent where the size of the source is not known. */
  readonly share?: number;
}
