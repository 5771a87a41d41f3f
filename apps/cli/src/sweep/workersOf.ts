import { availableParallelism } from "node:os";
import type { Given } from "../options.js";
import { UsageError } from "../usageError.js";
import type { EngineKind } from "./engineKind.js";

/**
 * Jobs at a time that a command line asks for: of this process, or of the machines of an engine without workers.
 *
 * @param engine - the engine as the command line names it
 * @throws UsageError for 0 where nobody else works
 */
export function workersOf(given: Given, kind: EngineKind | undefined, engine: string): number {
  const asked = given.whole("workers", 0) ?? availableParallelism();
  if (asked > 0 || kind?.isShared) return asked;
  throw new UsageError(`--workers must be at least 1 with --engine ${engine}, got 0: nobody else works; leave it out`);
}
