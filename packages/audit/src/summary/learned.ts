import type { AuditFigures } from "./auditFigures.js";
import { auditThresholds } from "./thresholds.js";

/** fvu from which nothing was learned to speak of. */
const NOTHING = 0.95;

/** Whether the samples show that nothing was learned. */
export const learnedNothing = ({ fvu }: AuditFigures): boolean => fvu !== null && !(fvu < NOTHING);

/** Whether something was learned, but less than is good. */
export const explainsLittle = ({ fvu }: AuditFigures): boolean =>
  fvu !== null && fvu < NOTHING && fvu > auditThresholds.good.fvu;

/** Whether it explains as much as is good. */
export const explainsEnough = ({ fvu }: AuditFigures): boolean => fvu !== null && fvu <= auditThresholds.good.fvu;

/** Share of the variance that the encoder loses and its decoder could explain; 0 where it is not known. */
export const encoderLoss = ({ fvu, encoderShare }: AuditFigures): number => Math.min(1, fvu ?? 0) * (encoderShare ?? 0);
