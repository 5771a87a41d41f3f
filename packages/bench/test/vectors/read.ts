import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder =
  process.env.MONOSEMA_VECTORS ??
  (process.env.MONOSEMA_SHARED === undefined
    ? new URL("../../../../../shared/vectors", import.meta.url).pathname
    : join(process.env.MONOSEMA_SHARED, "vectors"));

/** A parsed vector file, or undefined where the folder of vectors is absent. */
export function readVector(name: string): unknown {
  const path = join(folder, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}
