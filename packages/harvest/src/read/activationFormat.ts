import type { MatrixSource } from "@monosema/tensor";
import type { Files } from "../files.js";

/** A layout of files that hold activations: one file of this folder, one line of the list. */
export interface ActivationFormat {
  /** Short name, such as `arrow`. */
  readonly name: string;
  /** Whether the files are of this layout, by names and first bytes. */
  detects(files: Files): Promise<boolean>;
  /** Opens them; FormatError where they are not what the layout must be. */
  open(files: Files): Promise<Activations>;
}

/** Opened activations, of which nothing but the headers was read. */
export interface Activations {
  /** The layout's name. */
  readonly format: string;
  /** The matrices in it: hooks, tensors or columns; a single one may have the empty name. */
  readonly matrices: readonly string[];
  /**
   * One of them `[rows, P]`; streams.
   *
   * @param name - default: the only one
   * @throws FormatError `ambiguous-tensor` where one must be named, `tensor-not-found` with those that are there
   */
  matrix(name?: string): Promise<MatrixSource>;
  /** Where the rows come from, where the layout knows it. */
  readonly origin?: ActivationOrigin;
  /** Closes all files. */
  close(): Promise<void>;
}

/** Which token, document and position each row is. */
export interface ActivationOrigin {
  /** Token ids of rows `start` to `start + count - 1`. */
  tokens?(start: number, count: number): Promise<Int32Array>;
  /** Documents of these rows. */
  documents?(start: number, count: number): Promise<Int32Array>;
  /** Positions in the document of these rows. */
  positions?(start: number, count: number): Promise<Int32Array>;
}
