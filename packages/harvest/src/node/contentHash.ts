import { createHash } from "node:crypto";
import type { HarvestDocument } from "../source/harvestDocument.js";

/** A hash of documents one after the other. */
export interface ContentHash {
  /** Adds documents. */
  add(documents: readonly HarvestDocument[]): void;
  /** SHA-256 of what was added so far. */
  value(): string;
}

/** Begins a hash of the content of documents. */
export function contentHash(): ContentHash {
  const hash = createHash("sha256");
  return {
    add(documents) {
      for (const { content } of documents) {
        const bytes =
          typeof content === "string"
            ? new TextEncoder().encode(content)
            : new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
        hash.update(`${bytes.length}:`).update(bytes);
      }
    },
    value: () => hash.copy().digest("hex"),
  };
}
