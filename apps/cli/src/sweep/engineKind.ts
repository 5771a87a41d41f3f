import type { Engine, Store } from "@monosema/runs";

/** What an engine is opened for. */
export interface EnginePlace {
  /** Where the jobs and their results live. */
  readonly store: Store;
  /** Hears what a person should know. */
  readonly onNotice: (notice: string) => void;
}

/** A kind of engine. */
export interface EngineKind {
  /** How it is written. */
  readonly form: string;
  /** Which texts name it. */
  readonly names: RegExp;
  /** Whether its queue is there for other processes too. */
  readonly isShared: boolean;
  /** Opens it. */
  readonly open: (text: string, place: EnginePlace) => Promise<Engine>;
}
