import type { ByteSource } from "@monosema/tensor";
import type { Model } from "../model.js";
import type { Checkpoint, Orientation } from "./checkpoint.js";

/** Files of a checkpoint, wherever they lie: in a folder, or dropped on a page. */
export interface CheckpointFiles {
  /** What they lie in, for messages. */
  readonly folder: string;
  /** The file that was named; absent where all of them were. */
  readonly main?: string;
  /** Their names. */
  readonly names: ReadonlySet<string>;
  /** Opens one of them; who opens it closes it. */
  open(name: string): Promise<ByteSource>;
}

/** How a checkpoint is read. */
export interface ReadOptions {
  /** How square matrices lie; shapes decide about others. Default: known for our own files, else square ones are refused. */
  readonly orientation?: Orientation;
  /** What to do with tensors that play no part. Default `refuse`. */
  readonly unexpectedTensors?: "refuse" | "ignore";
  /** Active latents per sample, for files of TopK dictionaries that do not hold it. */
  readonly k?: number;
}

/** A layout of dictionaries in files. */
export interface CheckpointFormat {
  /** Name, for messages. */
  readonly name: string;
  /** The files of a checkpoint, for messages, such as `sae_weights.safetensors and cfg.json`; absent where it is only refused by name. */
  readonly files?: string;
  /**
   * Whether files are of this format. Names alone cannot say so: tensors or keys must be looked at.
   *
   * @throws FormatError where a file that had to be looked at is damaged
   */
  detects(files: CheckpointFiles): Promise<boolean>;
  /**
   * Reads a dictionary.
   *
   * @throws FormatError that says what is wrong and with which file
   */
  read(files: CheckpointFiles, options: ReadOptions): Promise<Checkpoint>;
  /** Writes a dictionary; absent where the format is only read. */
  write?(model: Model): WrittenCheckpoint;
}

/** A checkpoint as files, for {@link CheckpointFormat}. */
export interface WrittenCheckpoint {
  /** Bytes of each file, in parts that are made when they are asked for; the weights come first. */
  readonly files: ReadonlyMap<string, Iterable<Uint8Array>>;
  /** Sentences about what other readers of the format cannot do with them. */
  readonly warnings: readonly string[];
}
