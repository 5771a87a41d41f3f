import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SweepDocument } from "@monosema/experiments/report";
import { isBucket } from "../jobs/stores/isBucket.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";

/** A store in a bucket that the command line names. */
export function bucketOf({ given }: Session): string | undefined {
  const text = given.text("store");
  return text !== undefined && isBucket(text) ? text : undefined;
}

/**
 * The folder of the report. A store that is a folder is it: one that is there goes on, else it is a new one. Its lock keeps a second sweep
 * out. Beside a bucket, it may be the folder of an earlier sweep of that bucket.
 */
export function outputOf(session: Session): string {
  const bucket = bucketOf(session);
  if (bucket !== undefined) {
    const out = session.given.text("out");
    const before = out === undefined ? undefined : reportedStore(out);
    return before === bucket.replace(/\/$/, "") ? session.output(out) : session.output();
  }
  const folder = session.given.text("store") ?? session.given.text("out");
  if (session.given.text("store") !== undefined && session.given.text("out") !== undefined)
    throw new UsageError("--store and --out exclude each other: the store is the output folder; drop one of them");
  const isStore = folder !== undefined && existsSync(join(resolve(folder), "manifests"));
  return isStore ? session.output(folder) : session.output(undefined, folder);
}

/** The store of the sweep that was reported in a folder. */
function reportedStore(out: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(out, "sweep.json"), "utf8")) as Partial<SweepDocument>).store;
  } catch {
    return undefined; // none, or half of one: the folder is refused where it is filled
  }
}
