import type { Options } from "./options.js";
import type { Session } from "./session.js";

/** A command of the command line. */
export interface Command {
  /** Arguments after `monosema`, for the help. */
  readonly usage: string;
  /** What it does, one or two lines. */
  readonly summary: string;
  /** Its own options; the common ones come on top. */
  readonly options: Options;
  /** Names of positional arguments, all required. */
  readonly positionals: readonly string[];
  /** Names that it writes in its output folder, as `writes` of `openRunFolder`. */
  readonly writes: readonly string[];
  /** Does it. */
  run(session: Session): Promise<void>;
}
