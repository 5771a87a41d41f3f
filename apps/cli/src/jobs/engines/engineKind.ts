import type { Engine, Store } from "@monosema/runs";

/** What an engine is opened for. */
export interface EnginePlace {
  /** Where the jobs and their results live. */
  readonly store: Store;
  /** Jobs at a time, where the command line says so. */
  readonly workers?: number;
  /** Threads of a job, where the command line says so. */
  readonly threads?: number;
  /** Steps between two states of a job, where the command line says so. */
  readonly saveEvery?: number;
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
  /** Whether this process and `monosema worker` do its jobs; else its own machines do. */
  readonly hasWorkers: boolean;
  /** Opens it. */
  readonly open: (text: string, place: EnginePlace) => Promise<Engine>;
}
