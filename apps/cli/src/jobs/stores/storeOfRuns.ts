import { join } from "node:path";
import type { Store } from "@monosema/runs";
import { statOf } from "../../statOf.js";
import { UsageError } from "../../usageError.js";
import { isBucket } from "./isBucket.js";
import { openStore } from "./openStore.js";

/**
 * Opens the store of a sweep that was begun.
 *
 * @param name - what the command line calls it
 * @throws UsageError where it has no runs
 */
export async function storeOfRuns(name: string, path: string | undefined): Promise<Store> {
  if (path === undefined) throw new UsageError(`${name} must be the store of a sweep, got none; name its --store`);
  // Else a wrong path would become a store.
  if (!isBucket(path) && !statOf(join(path, "manifests"))?.isDirectory()) throw withoutRuns(name, path);
  const store = await openStore(path);
  if ((await store.jobs()).length === 0) throw withoutRuns(name, path);
  return store;
}

const withoutRuns = (name: string, path: string): UsageError =>
  new UsageError(
    `${name} must be the store of a sweep, got ${path} without runs; name its --store or --out, or begin it first`,
  );
