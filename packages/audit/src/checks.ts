import { absorbedFeatures } from "./checks/absorbedFeatures.js";
import { absorptionSuspects } from "./checks/absorptionSuspects.js";
import { coherence } from "./checks/coherence.js";
import { compositeLatents } from "./checks/compositeLatents.js";
import { conicFeatures } from "./checks/conicFeatures.js";
import { deadLatents } from "./checks/deadLatents.js";
import { duplicates } from "./checks/duplicates.js";
import { escapes } from "./checks/escapes.js";
import { missingInput } from "./checks/missingInput.js";
import { partialMinimum } from "./checks/partialMinimum.js";
import { polysemanticLatents } from "./checks/polysemanticLatents.js";
import { reconstruction } from "./checks/reconstruction.js";
import { recovery } from "./checks/recovery.js";
import { solutionSet } from "./checks/solutionSet.js";
import { stationarity } from "./checks/stationarity.js";
import type { AuditPart } from "./finding.js";
import type { AuditSubject } from "./subject/auditSubject.js";

/** One question that an audit asks; what it lacks or leaves out stands under `undecided`. */
export type AuditCheck = (subject: AuditSubject) => AuditPart;

/** The checks of an audit. A new one is a file and its line here. */
export const auditChecks: readonly AuditCheck[] = [
  reconstruction,
  recovery,
  deadLatents,
  duplicates,
  polysemanticLatents,
  compositeLatents,
  absorbedFeatures,
  absorptionSuspects,
  stationarity,
  partialMinimum,
  escapes,
  solutionSet,
  conicFeatures,
  coherence,
  missingInput,
];

/** Those that look at directions and codes alone, however latents are selected. */
export const plainChecks: readonly AuditCheck[] = [
  reconstruction,
  deadLatents,
  duplicates,
  compositeLatents,
  coherence,
];
