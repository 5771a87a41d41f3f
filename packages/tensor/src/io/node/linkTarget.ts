import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Where a path leads through symbolic links, whether something is there or not: a writer that renames over this path replaces the
 * target and leaves the link.
 *
 * @throws Error of the system for links in a circle
 */
export function linkTarget(path: string): string {
  let whole = resolve(path);
  for (let steps = 0; lstatSync(whole, { throwIfNoEntry: false })?.isSymbolicLink(); steps++) {
    if (steps === 40) return realpathSync(whole); // says ELOOP
    whole = resolve(realpathSync(dirname(whole)), readlinkSync(whole));
  }
  return whole;
}
