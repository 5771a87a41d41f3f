import type { ByteSource } from "@monosema/tensor";

/** Files that lie together: a folder, or what was dropped on a page. */
export interface Files {
  /** For messages: the folder, or the file that was named. */
  readonly name: string;
  /** The file that was named, where it was one. */
  readonly main?: string;
  /** Names of all files, without folders. */
  readonly names: readonly string[];
  /** Opens one of them; the caller closes it. */
  open(name: string): Promise<ByteSource>;
}
