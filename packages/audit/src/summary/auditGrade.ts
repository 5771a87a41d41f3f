import type { AuditFigures } from "./auditFigures.js";
import { auditThresholds } from "./thresholds.js";

/** How good a dictionary is on the data that it was audited on. */
export type AuditGrade = "good" | "usable" | "poor";

/** The grade by `auditThresholds`; null where samples are missing, too few, or all equal. */
export function auditGrade(figures: AuditFigures): AuditGrade | null {
  const { latents, alive, fvu, scores } = figures;
  const { good, poor, outside } = auditThresholds;
  if (scores === null || fvu === null || tooFewSamples(figures)) return null;
  const [living, real] = [alive / latents, scores.real / scores.scored];
  if (!(fvu <= poor.fvu) || living < poor.alive) return "poor";
  if (tooFewScored(figures)) return null;
  if (real < poor.real) return "poor";
  return fvu <= good.fvu && living >= good.alive && real >= good.real && scores.outside <= outside ? "good" : "usable";
}

/** Whether there are samples, yet fewer than a grade needs. */
export const tooFewSamples = ({ samples }: AuditFigures): boolean => samples > 0 && samples < auditThresholds.samples;

/** Whether most live latents fire too rarely in the samples to be scored. */
export const tooFewScored = ({ alive, scores }: AuditFigures): boolean =>
  scores !== null && (scores.scored === 0 || scores.scored < auditThresholds.scored * alive);
