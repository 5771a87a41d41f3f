import { basename, dirname, join } from "node:path";

/** The folder of an attempt as its result names it: in the store, wherever that lies. */
export const folderInStore = (folder: string): string => join("jobs", basename(dirname(folder)), basename(folder));
