import type { AuditFigures } from "./auditFigures.js";
import type { AuditGrade } from "./auditGrade.js";
import type { AuditNames } from "./trainCommand.js";

/** What to do next. */
export interface Advice {
  /** A command of the command line. */
  readonly command: string;
  /** Why, in a few words. */
  readonly why: string;
}

/** What a rule looks at. */
export interface AdviceInput extends AuditFigures {
  /** The grade. */
  readonly grade: AuditGrade | null;
  /** How commands name what was audited. */
  readonly names: AuditNames;
}

/** One rule: what it advises, nothing where it does not apply. */
export type AdviceRule = (input: AdviceInput) => readonly Advice[];
