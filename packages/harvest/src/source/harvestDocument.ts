/** One text, list of token ids or image: items do not cross documents. */
export interface HarvestDocument {
  /** Its number in its source, from 0. */
  readonly id: number;
  /** What it is: a text, token ids, or what tells an image from others. Also to recognise it when a harvest goes on. */
  readonly content: string | Int32Array;
  /** What is written about it, such as its text, source and licence; absent where there is nothing to say. */
  readonly record?: Readonly<Record<string, unknown>>;
  /** Share of the source that lies before its end, 0 to 1; absent where the size of the source is not known. */
  readonly share?: number;
}
