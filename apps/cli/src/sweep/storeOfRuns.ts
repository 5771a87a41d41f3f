import { join } from "node:path";
import type { Store } from "@monosema/runs";
import { statOf } from "../statOf.js";
import { UsageError } from "../usageError.js";
import { openStore } from "./openStore.js";

/**
 * Opens the store of a sweep that was begun.
 *
 * @param name - what the command line calls it
 * @throws UsageError where it has no runs
 */
export async function storeOfRuns(name: string, path: string | undefined): Promise<Store> {
  if (path === undefined) throw new UsageError(`${name} must be the folder of a sweep, got none; name its --store`);
  if (!statOf(join(path, "manifests"))?.isDirectory()) {
    throw new UsageError(
      `${name} must be the folder of a sweep, got ${path} without runs; name its --store or --out, or begin it first`,
    );
  }
  return await openStore(path);
}
