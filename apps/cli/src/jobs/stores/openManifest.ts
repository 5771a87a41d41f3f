import { dirname } from "node:path";
import type { Store } from "@monosema/runs";
import { parseJson } from "@monosema/tensor";
import { openText } from "../../data.js";
import { UsageError } from "../../usageError.js";
import { isBucket } from "./isBucket.js";
import { openStore } from "./openStore.js";

/** A list of jobs and the store that it lies in. */
export interface OpenedManifest {
  /** The store. */
  readonly store: Store;
  /** Its jobs, in order. */
  readonly ids: readonly string[];
}

/**
 * Opens a list of jobs, which a sweep writes into its store, by its path or address.
 *
 * @throws UsageError where it is no such list
 */
export async function openManifest(path: string): Promise<OpenedManifest> {
  const inBucket = isBucket(path);
  if (!inBucket) idsIn(path, parseJson(await openText("manifest", path), path)); // else a wrong path would become a store
  const store = await openStore(inBucket ? path.replace(/\/manifests\/[^/]*$/, "") : dirname(dirname(path)));
  return { store, ids: idsIn(path, await store.manifest(path)) };
}

function idsIn(path: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((id) => typeof id === "string")) return value;
  throw new UsageError(`MANIFEST must be a list of jobs, which a sweep writes into its store, got ${path}; name it`);
}
