import { folderStore, type Store, StoreError, s3Store } from "@monosema/runs";
import { UsageError } from "../../usageError.js";
import { isBucket } from "./isBucket.js";

/** Opens a store by its text: a folder, or `s3://bucket/prefix` with the usual variables of S3. */
export async function openStore(text: string): Promise<Store> {
  try {
    return await (isBucket(text) ? s3Store(text) : folderStore(text));
  } catch (error) {
    if (error instanceof StoreError) throw new UsageError(`--store ${text}: ${error.message}`, { cause: error });
    throw error;
  }
}
