import type { FileSystem } from "@monosema/tensor/node";
import { type LeftoverList, type Leftovers, leftovers } from "./leftovers.js";

/** Where text goes. */
export interface Screen {
  /** Writes text. */
  readonly write: (text: string) => void;
  /** Whether a person looks at it. */
  readonly isTTY: boolean;
  /** Characters per line. */
  readonly columns: number;
}

/** What a command runs in. Commands run in a thread of their own, so that signals get through while they compute. */
export interface Host {
  /** File system that results are written to. */
  readonly fs: FileSystem;
  /** Aborted when the command is to stop. */
  readonly signal: AbortSignal;
  /** Standard output. */
  readonly out: Screen;
  /** Standard error. */
  readonly err: Screen;
  /** What must not stay when the command is ended: temporary files, locks, empty folders. */
  readonly leftovers: Leftovers;
  /** What the host is told about the command. */
  readonly tell: (news: News) => void;
}

/** News of a running command. */
export interface News {
  /** What it is doing; shown while nothing else is heard of it. */
  readonly doing?: string;
  /** What stays if it ends now, and how to go on: a sentence for a person. */
  readonly keeps?: string;
  /** Whether it stops by itself when it is asked to, and keeps its work; else it is ended at once. */
  readonly stopsItself?: boolean;
}

/** A host within this thread and process. */
export function localHost(fs: FileSystem): Host & { readonly leftovers: LeftoverList } {
  const screen = (stream: NodeJS.WriteStream): Screen => ({
    write: (text) => stream.write(text),
    isTTY: stream.isTTY === true,
    columns: stream.columns ?? (Number(process.env.COLUMNS) || 80),
  });
  return {
    fs,
    signal: new AbortController().signal,
    out: screen(process.stdout),
    err: screen(process.stderr),
    leftovers: leftovers(),
    tell: () => {},
  };
}
