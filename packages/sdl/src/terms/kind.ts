import type * as z from "zod/mini";
import type { Requirement } from "../requirement.js";
import type { SdlSpec } from "../spec.js";
import type { Term } from "./term.js";

/** A loss term of a specification; a new one is such a record and its line in the table. */
export interface TermKind<Options> {
  /** Keys and ranges of its options. */
  readonly schema: z.ZodMiniType<Options>;
  /** Combinations with the rest of a spec that must hold. */
  requirements?(options: Options, spec: SdlSpec): Iterable<Requirement>;
  /** The term of a run, undefined where its options turn it off; absent where it changes the levels of the reconstruction instead. */
  open?(options: Options): Term | undefined;
}
