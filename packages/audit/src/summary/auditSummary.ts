import type { ModelAudit } from "../auditModel.js";
import { adviceFor } from "./advice.js";
import type { Advice } from "./adviceRule.js";
import { auditFigures } from "./auditFigures.js";
import { type AuditGrade, auditGrade } from "./auditGrade.js";
import { codeSentences } from "./codeSentences.js";
import { sentencesOf } from "./sentences.js";
import type { AuditNames } from "./trainCommand.js";

/** Is this dictionary good on this data, and what comes next? */
export interface AuditSummary {
  /** By `auditThresholds`; null where samples are missing, too few, or all equal. */
  readonly grade: AuditGrade | null;
  /** Up to six sentences, most important first. */
  readonly sentences: readonly string[];
  /** Up to four commands, most useful first, each with its reason behind a `#`, as a shell takes it. */
  readonly next: readonly string[];
  /** Whether the sparse codes are determined, given the decoder; empty where that was not looked at. */
  readonly codes: readonly string[];
}

/**
 * Sums an audit up for people: a grade, sentences with numbers, and what to do next.
 *
 * @param names - how the commands name what was audited; what is left out appears as `CHECKPOINT`, `FILE` and `TARGETS`
 */
export function auditSummary(audit: ModelAudit, names: Partial<AuditNames> = {}): AuditSummary {
  const figures = auditFigures(audit);
  const grade = auditGrade(figures);
  const all = { checkpoint: "CHECKPOINT", data: "FILE", target: "TARGETS", replicas: [], ...names };
  return {
    grade,
    sentences: sentencesOf(figures),
    next: adviceFor({ ...figures, grade, names: all }).map(asLine),
    codes: codeSentences(audit.inference),
  };
}

const asLine = ({ command, why }: Advice): string => `${command}  # ${why}`;
