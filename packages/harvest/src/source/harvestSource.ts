import type { RuntimeTensor } from "../runtime/runtime.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import type { HarvestDocument } from "./harvestDocument.js";

/** What goes into a model: texts cut into windows, or images. */
export interface HarvestSource {
  /** For messages and the manifest. */
  readonly name: string;
  /** What decides its inputs, for the manifest: a harvest that goes on must have the same. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Longest window in tokens, start token included; 1 for images. */
  readonly length: number;
  /** Most rows of an item; absent where only the model's output tells. */
  readonly rowsPerItem?: number;
  /** The tokenizer, whose vocabulary is written too. */
  readonly tokenizer?: Tokenizer;
  /** Documents in order, begun anew: to recognise them when a harvest goes on. */
  documents(): AsyncIterable<HarvestDocument>;
  /** Groups of `batch` items from a place on; the same groups wherever they are begun. */
  groups(documents: AsyncIterable<HarvestDocument>, options: GroupOptions): AsyncGenerator<HarvestGroup>;
  /** Number of items and rows, as far as it can be told before. */
  size(limit: number | undefined): Promise<SourceSize>;
}

/** Which groups. */
export interface GroupOptions {
  /** Items of a group. */
  readonly batch: number;
  /** Where to begin. */
  readonly from: Cursor;
  /** Tokens, or images, after which all ends. Default: none. */
  readonly limit?: number;
}

/** A place in a list of documents: everything before it is done. */
export interface Cursor {
  /** Number of the document that comes next, or goes on. */
  readonly document: number;
  /** Tokens of it that are done. */
  readonly position: number;
}

/** A part of a document that a model sees at once. */
export interface HarvestItem {
  /** Number of the document. */
  readonly document: number;
  /** Position of its first row in the document. */
  readonly position: number;
  /** Token ids, without the start token; absent for images, which give as many rows as the model has places. */
  readonly ids?: Int32Array;
}

/** Items that are run at once. */
export interface HarvestGroup {
  /** At least one. */
  readonly items: readonly HarvestItem[];
  /** Inputs of the model. */
  readonly inputs: Readonly<Record<string, RuntimeTensor>>;
  /** Rows of each item that come before its own: that of the start token. */
  readonly before: number;
  /** Documents that begin in these items, and empty ones before them. */
  readonly begun: readonly HarvestDocument[];
  /** Where the next group begins. */
  readonly next: Cursor;
}

/** How much a source holds. */
export interface SourceSize {
  /** Rows; absent where the source does not tell. */
  readonly rows?: number;
  /** Items, where each gives as many rows as the model has places. */
  readonly items?: number;
  /** Whether that is an estimate from the first documents. */
  readonly estimated: boolean;
}
