import type { HarvestDocument } from "../text/harvestDocument.js";

/** A part of a document that a model sees at once. */
export interface HarvestWindow {
  /** Number of the document. */
  readonly document: number;
  /** Position of its first token in the document. */
  readonly position: number;
  /** Token ids, without start and end tokens. */
  readonly ids: Int32Array;
}

/** A place in a list of documents: everything before it is done. */
export interface Cursor {
  /** Number of the document that comes next, or goes on. */
  readonly document: number;
  /** Tokens of it that are done. */
  readonly position: number;
}

/** Windows that are run at once. */
export interface WindowGroup {
  /** At least one. */
  readonly windows: readonly HarvestWindow[];
  /** Documents that begin in these windows, and empty ones before them. */
  readonly begun: readonly HarvestDocument[];
  /** Where the next group begins. */
  readonly next: Cursor;
  /** Share of the source that is done by then, where known. */
  readonly share?: number;
}

/** How documents are cut. */
export interface WindowOptions {
  /** Tokens of a window, without start and end tokens. */
  readonly length: number;
  /** Windows of a group. */
  readonly batch: number;
  /** Token ids of a document. */
  readonly encode: (document: HarvestDocument) => Int32Array;
  /** Tokens after which all ends, within a window too. Default: none. */
  readonly limit?: number;
  /** Where to begin: documents before it are passed over without looking at their tokens. */
  readonly from?: Cursor;
}

/** Cuts documents into windows of at most `length` tokens, the last one shorter; the same groups wherever they are begun. */
export async function* windowGroups(
  documents: AsyncIterable<HarvestDocument>,
  { length, batch, encode, limit = Number.POSITIVE_INFINITY, from = { document: 0, position: 0 } }: WindowOptions,
): AsyncGenerator<WindowGroup> {
  let windows: HarvestWindow[] = [];
  let begun: HarvestDocument[] = [];
  let left = limit;
  let last: Pick<WindowGroup, "next" | "share"> | undefined;
  const group = (place: Pick<WindowGroup, "next" | "share">): WindowGroup => {
    const made = { windows, begun, ...place };
    [windows, begun] = [[], []];
    return made;
  };
  for await (const document of documents) {
    if (left <= 0) break;
    if (document.id < from.document) continue;
    let position = document.id === from.document ? from.position : 0;
    const ids = encode(document);
    if (position === 0) begun.push(document);
    while (position < ids.length && left > 0) {
      const part = ids.subarray(position, Math.min(position + length, position + left, ids.length));
      windows.push({ document: document.id, position, ids: part });
      position += part.length;
      left -= part.length;
      const next =
        position < ids.length ? { document: document.id, position } : { document: document.id + 1, position: 0 };
      last = { next, ...(document.share === undefined ? {} : { share: document.share }) };
      if (windows.length === batch) yield group(last);
    }
  }
  if (windows.length > 0 && last) yield group(last);
}
