import { createHash } from "node:crypto";

/** Place of what an attempt wrote, in its store. */
export const attemptPlace = (id: string, token: string): string => `jobs/${id}/attempt-${token}`;

/** Name of the list of some jobs. */
export const manifestName = (ids: readonly string[]): string =>
  `${createHash("sha256").update(ids.join("\n")).digest("hex").slice(0, 16)}.json`;

/** Name of a failure by its number. */
export const failureName = (at: number): string => `${String(at).padStart(4, "0")}.json`;
