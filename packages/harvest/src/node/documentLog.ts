import { type FileHandle, open } from "node:fs/promises";
import type { HarvestDocument } from "../source/harvestDocument.js";

/** The file of the documents of a harvest, which grows shard by shard. */
export interface DocumentLog {
  /** Adds documents that have something written about them; the size of the file by then. On the disk when it returns. */
  add(documents: readonly HarvestDocument[]): Promise<number>;
  /** Closes the file. */
  close(): Promise<void>;
}

/** Opens the file where it had `size` bytes: what came after is cut off. It is made with the first document. */
export async function openDocumentLog(path: string, size: number): Promise<DocumentLog> {
  let file: FileHandle | undefined = size > 0 ? await open(path, "r+") : undefined;
  await file?.truncate(size);
  let end = size;
  return {
    async add(documents) {
      const text = documents.map(line).join("");
      if (text === "") return end;
      file ??= await open(path, "w");
      const bytes = new TextEncoder().encode(text);
      let done = 0;
      while (done < bytes.length) done += (await file.write(bytes, done, bytes.length - done, end + done)).bytesWritten;
      await file.sync();
      end += bytes.length;
      return end;
    },
    close: async () => await file?.close(),
  };
}

function line({ id, record }: HarvestDocument): string {
  if (record === undefined) return "";
  const { id: own, ...rest } = record;
  const named = own === undefined || own === id ? {} : { source_id: own };
  return `${JSON.stringify({ id, ...named, ...rest })}\n`;
}
