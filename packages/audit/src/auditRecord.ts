import type { Certificate, Verdict } from "@monosema/theory";
import type { ModelAudit } from "./auditModel.js";
import type { AuditFinding } from "./finding.js";
import { calibration } from "./generated/calibration.js";
import type { InferenceAudit } from "./inference/inferenceAudit.js";
import { type AuditQuality, auditQuality } from "./summary/auditQuality.js";
import { type AuditSummary, auditSummary } from "./summary/auditSummary.js";
import type { AuditNames } from "./summary/trainCommand.js";
import type { Calibration } from "./trust/calibration.js";
import type { LatentTrust } from "./trust/latentTrust.js";

/** An audit as JSON. */
export interface AuditRecord {
  /** A grade, sentences, and what to do next. */
  readonly summary: AuditSummary;
  /** How good the dictionary is, in numbers. */
  readonly quality: AuditQuality;
  /** Latents. */
  readonly latents: number;
  /** Number of latents without effect. */
  readonly dead: number;
  /** Which those are. */
  readonly deadLatents: readonly number[];
  /** Samples read. */
  readonly samples: number;
  /** Whether optimal models recover the features. */
  readonly verdict: VerdictRecord;
  /** What was found. */
  readonly findings: readonly FindingRecord[];
  /** What is not known, and why. */
  readonly undecided: readonly string[];
  /** How the model was read. */
  readonly assumptions: readonly string[];
  /** The encoder beside other inferences; null without data, and where it was left out. */
  readonly inference: InferenceAudit | null;
  /** What the scores of latents rest on; null without data. */
  readonly trust: TrustRecord | null;
}

/** What the scores of latents rest on, as JSON. */
export interface TrustRecord extends Pick<LatentTrust, "samples" | "fewest" | "replicas" | "outside" | "outsideBy"> {
  /** How the calibration was made. */
  readonly calibration: Calibration["made"];
}

/** A verdict as JSON. */
export interface VerdictRecord extends Pick<Verdict, "verdict" | "reason"> {
  /** Proof, by its place in the file of certificates. */
  readonly certificate?: CertificateRecord;
}

/** A finding as JSON. */
export interface FindingRecord extends Omit<AuditFinding, "certificate"> {
  /** Proof, by its place in the file of certificates. */
  readonly certificate?: CertificateRecord;
}

/** Which certificate proves a finding. */
export interface CertificateRecord {
  /** Kind of the certificate. */
  readonly kind: Certificate["kind"];
  /** Its place in the list, counted from 0. */
  readonly id: number;
}

/** An audit as JSON and the certificates that it names. */
export interface RecordedAudit {
  /** JSON. */
  readonly record: AuditRecord;
  /** Each certificate once, for `certificateFile`. */
  readonly certificates: readonly Certificate[];
}

/**
 * An audit as JSON; certificates, whose arrays are large, stand beside it, each once, and findings name them. Latents are
 * `latentRecords`.
 *
 * @param names - how the commands of the summary name what was audited
 */
export function auditRecord(found: ModelAudit, names: Partial<AuditNames> = {}): RecordedAudit {
  const { latents, dead, samples, verdict, findings, undecided, assumptions, inference, trust } = found;
  const all = [verdict.certificate, ...findings.map(({ certificate }) => certificate)];
  const certificates = [...new Set(all.flatMap((one) => one ?? []))];
  const named = (certificate: Certificate | null | undefined): { readonly certificate?: CertificateRecord } =>
    certificate ? { certificate: { kind: certificate.kind, id: certificates.indexOf(certificate) } } : {};
  return {
    record: {
      ...{ summary: auditSummary(found, names), quality: auditQuality(found) },
      ...{ latents, dead: dead.length, deadLatents: dead, samples },
      verdict: { verdict: verdict.verdict, reason: verdict.reason, ...named(verdict.certificate) },
      findings: findings.map(({ certificate, ...finding }) => ({ ...finding, ...named(certificate) })),
      ...{ undecided, assumptions, inference },
      trust: trust && trustRecord(trust),
    },
    certificates,
  };
}

const trustRecord = ({ samples, fewest, replicas, outside, outsideBy }: LatentTrust): TrustRecord => ({
  ...{ samples, fewest, replicas, outside, outsideBy },
  calibration: calibration.made,
});
