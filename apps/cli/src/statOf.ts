import { type BigIntStats, statSync } from "node:fs";

/** What is at a path, through links; undefined for nothing, and for what cannot be reached. */
export function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false, bigint: true });
  } catch {
    return undefined;
  }
}
