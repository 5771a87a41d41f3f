import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** Root of the repository. */
export const root: string = join(import.meta.dirname, "../../../..");
/** The folder of shared data. */
export const shared: string = join(
  process.env.MONOSEMA_SHARED ? resolve(process.env.MONOSEMA_SHARED) : join(root, "../shared"),
  "data",
);

/** Whether a file of it is here; says so where it is not. */
export function hasShared(file: string): boolean {
  const present = existsSync(join(shared, file));
  if (!present)
    console.warn(
      `skipped, ${file} is absent from the shared folder; put it beside the repository or set MONOSEMA_SHARED`,
    );
  return present;
}
