import { openCodes, type StoredCodes } from "@monosema/sdl";
import { fileSource } from "@monosema/tensor/node";
import { encodedFiles } from "./encodedFiles.js";
import type { ShardResult } from "./runShards.js";

/** The codes of a shard; to close them closes its files. */
export async function codesOf({ files }: ShardResult): Promise<StoredCodes> {
  const { folder, close } = await files();
  const stored = await openCodes(await fileSource(encodedFiles(folder).codes));
  return {
    ...stored,
    async close() {
      await stored.close();
      await close();
    },
  };
}
