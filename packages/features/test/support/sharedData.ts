import { join, resolve } from "node:path";

const shared = resolve(process.env.MONOSEMA_SHARED || join(import.meta.dirname, "../../../../../shared"));

/** A file of the shared data. */
export const sharedData = (path: string): string => join(shared, "data", path);
