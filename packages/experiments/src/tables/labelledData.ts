/** Labelled samples. */
export interface LabelledSamples {
  /** `[N, P]`. */
  readonly input: Float32Array;
  /** Class of each; null for none. */
  readonly labels: readonly (string | null)[];
}

/** Labelled samples of a table on real representations. */
export interface LabelledData extends LabelledSamples {
  /** P. */
  readonly columns: number;
  /** Samples of the same classes to score on; default: a quarter of every class, drawn by the seed. */
  readonly test?: LabelledSamples;
  /** Of the samples and their classes: with others every row is another experiment. */
  readonly checksum: string;
  /** Classes that are anchored; default all. */
  readonly anchoredClasses?: number;
}
