import type { MatrixSource } from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ImagePreparation } from "../images/preparation.js";

/** A layout of files that hold activations: one file of this folder, one line of the list. */
export interface ActivationFormat {
  /** Short name, such as `arrow`. */
  readonly name: string;
  /** Whether the files are of this layout, by names and first bytes. */
  detects(files: Files): Promise<boolean>;
  /** Opens them, which stay the caller's to close; FormatError where they are not what the layout must be. */
  open(files: Files): Promise<ActivationSet>;
}

/** Activations in files that are open, of which nothing but the headers was read. */
export interface ActivationSet {
  /** The matrices in it: hooks, tensors or columns; a single one may have the empty name. */
  readonly matrices: readonly string[];
  /**
   * One of them `[rows, P]`; streams. To close it does nothing: the files belong to all.
   *
   * @param name - default: the only one
   * @throws FormatError `ambiguous-tensor` where one must be named, `tensor-not-found` with those that are there
   */
  matrix(name?: string): Promise<MatrixSource>;
  /** How images were made ready for the model, where the rows are of images and the layout states it. */
  readonly preparation?: ImagePreparation;
  /** The files that hold the numbers, in the order of the rows. */
  readonly files: readonly ActivationFile[];
  /** Name of the model that they were taken from, where the layout states it; its hooks are the matrices. */
  readonly model?: string;
  /** Layers of that model, where the layout states them. */
  readonly layers?: number;
  /** Where the rows come from, where the layout knows it. */
  readonly origin?: ActivationOrigin;
}

/** Opened activations. */
export interface Activations extends ActivationSet {
  /** The layout's name. */
  readonly format: string;
  /** Closes all files. */
  close(): Promise<void>;
}

/** A file that holds activations. */
export interface ActivationFile {
  /** Its name. */
  readonly name: string;
  /** Hash of its content, where the layout states it. */
  readonly sha256?: string;
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
