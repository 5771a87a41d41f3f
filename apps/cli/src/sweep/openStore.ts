import { folderStore, type Store, StoreError } from "@monosema/runs";
import { UsageError } from "../usageError.js";

/** Opens a store by its text: a folder. */
export async function openStore(text: string): Promise<Store> {
  try {
    return await folderStore(text);
  } catch (error) {
    if (error instanceof StoreError) throw new UsageError(`--store ${text}: ${error.message}`, { cause: error });
    throw error;
  }
}
