import type { HarvestDocument } from "./harvestDocument.js";
import type { Cursor, GroupOptions, HarvestGroup } from "./harvestSource.js";

/** A part of a document that a model sees at once. */
export interface HarvestWindow {
  /** Number of the document. */
  readonly document: number;
  /** Position of its first token in the document. */
  readonly position: number;
  /** Token ids, without the start token. */
  readonly ids: Int32Array;
}

/** Windows that are run at once. */
export interface WindowGroup extends Pick<HarvestGroup, "begun" | "next"> {
  /** At least one. */
  readonly windows: readonly HarvestWindow[];
}

/** How documents are cut. */
export interface WindowOptions extends GroupOptions {
  /** Tokens of a window, without the start token. */
  readonly length: number;
  /** Token ids of a document. */
  readonly encode: (document: HarvestDocument) => Int32Array;
}

/**
 * Cuts documents into windows of at most `length` tokens, the last one shorter. Documents before the place to begin at are passed over
 * without looking at their tokens; `limit` ends within a window, too.
 */
export async function* windowGroups(
  documents: AsyncIterable<HarvestDocument>,
  { length, batch, encode, limit = Number.POSITIVE_INFINITY, from }: WindowOptions,
): AsyncGenerator<WindowGroup> {
  let windows: HarvestWindow[] = [];
  let begun: HarvestDocument[] = [];
  let left = limit;
  let next: Cursor = from;
  const group = (): WindowGroup => {
    const made = { windows, begun, next };
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
      next = position < ids.length ? { document: document.id, position } : { document: document.id + 1, position: 0 };
      if (windows.length === batch) yield group();
    }
  }
  if (windows.length > 0) yield group();
}
