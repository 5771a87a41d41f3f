/** What a person looks at in a row: a token in its context, a text, an image, or the plain numbers. */
export type ExampleView = TokenView | TextView | ImageView | VectorView;

/** A token in its context. */
export interface TokenView {
  /** Discriminant. */
  readonly kind: "tokens";
  /** Texts of the tokens around the row, in order. */
  readonly tokens: readonly string[];
  /** The latent's value at each of them; 0 where it does not fire. */
  readonly values: readonly number[];
  /** Index of the row's own token. */
  readonly at: number;
}

/** A row that has a text. */
export interface TextView {
  /** Discriminant. */
  readonly kind: "text";
  /** The text. */
  readonly text: string;
  /** Its label, where there is one. */
  readonly label?: string;
}

/** A row that is an image or a patch of one. */
export interface ImageView {
  /** Discriminant. */
  readonly kind: "image";
  /** `data:` address of the image. */
  readonly source: string;
  /** What it shows, for who cannot see it. */
  readonly text: string;
  /** The patch of the row in shares of the image: left, top, width, height; absent for a whole image. */
  readonly patch?: readonly [left: number, top: number, width: number, height: number];
  /** Its label, where there is one. */
  readonly label?: string;
}

/** A row of which nothing but its numbers is known. */
export interface VectorView {
  /** Discriminant. */
  readonly kind: "vector";
  /** Its values `[P]`, or evenly spaced ones of them. */
  readonly values: readonly number[];
  /** Its label, where there is one. */
  readonly label?: string;
}
