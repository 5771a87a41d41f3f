import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Links that a path may lead through; more are a circle. */
const MOST = 40;

/**
 * Where a path leads through symbolic links, whether something is there or not: a writer that renames over this path replaces the
 * target and leaves the link. Links in a circle lead to one of them.
 */
export function linkTarget(path: string): string {
  let whole = resolve(path);
  for (let steps = 0; steps < MOST && isLink(whole); steps++) {
    whole = resolve(realpathSync(dirname(whole)), readlinkSync(whole));
  }
  return whole;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // nothing there, or nothing that can be reached
  }
}
