import { UsageError } from "./usageError.js";

/** Refuses data whose width does not fit a dictionary. */
export function refuseWidth(option: string, got: number, wanted: number): void {
  if (got === wanted) return;
  throw new UsageError(
    `--${option} must have ${wanted} columns, the dictionary's width, got ${got}; use the activations it was trained on`,
  );
}
