import { lstatSync, rmdirSync, rmSync } from "node:fs";

/** Where a command says which paths go when it ends, in whatever way. */
export interface Leftovers {
  /** Adds a file or a temporary folder, which goes with all that it holds. */
  readonly add: (path: string) => void;
  /** Adds a folder that goes if it is empty then. */
  readonly addFolder: (path: string) => void;
  /** The path is no leftover any more. */
  readonly drop: (path: string) => void;
}

/** The list of these paths. */
export interface LeftoverList extends Leftovers {
  /** Removes them, the last ones first; synchronous, for the last moment of a process. */
  readonly clear: () => void;
}

/** An empty list. */
export function leftovers(): LeftoverList {
  const paths = new Map<string, "all" | "ifEmpty">();
  return {
    add: (path) => paths.set(path, "all"),
    addFolder: (path) => paths.set(path, "ifEmpty"),
    drop: (path) => paths.delete(path),
    clear() {
      for (const [path, kind] of [...paths].reverse()) {
        try {
          if (kind === "all") rmSync(path, { recursive: true, force: true });
          else if (lstatSync(path).isDirectory()) rmdirSync(path);
        } catch {
          // It is gone or it is filled: both are well. Nothing can be done about another cause at the end.
        }
      }
      paths.clear();
    },
  };
}
