import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** Root of the repository. */
export const root: string = join(import.meta.dirname, "../../../..");
/** The folder of shared data. */
export const shared: string = join(
  process.env.MONOSEMA_SHARED ? resolve(process.env.MONOSEMA_SHARED) : join(root, "../shared"),
  "data",
);

/** Why a file of it cannot be read, or undefined where it can. */
export function whySharedAbsent(file: string): string | undefined {
  if (existsSync(join(shared, file))) return undefined;
  return `${file} is absent from the shared folder; put it beside the repository or set MONOSEMA_SHARED`;
}
