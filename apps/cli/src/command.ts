import type { CommandFacts, Session } from "./session.js";

/** A command of the command line. */
export interface Command extends CommandFacts {
  /** Arguments after `monosema`, for the help. */
  readonly usage: string;
  /** What it does, one or two lines. */
  readonly summary: string;
  /** Names of positional arguments, all required; a last one that ends in `...` stands for one or more. */
  readonly positionals: readonly string[];
  /** Started by other commands alone: lists of commands leave it out. */
  readonly internal?: true;
  /** Does it. */
  run(session: Session): Promise<void>;
}
