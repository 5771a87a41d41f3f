/** Texts to token ids and back. */
export interface Tokenizer {
  /** Kind, such as `tokenizer.json`. */
  readonly kind: string;
  /** Number of token ids: the largest one and 1. */
  readonly vocabulary: number;
  /** Token ids of a text, without start and end tokens. */
  encode(text: string): Int32Array;
  /** The text of one token, for people. */
  text(token: number): string;
}
