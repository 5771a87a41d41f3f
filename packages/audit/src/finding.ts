import type { Certificate } from "@monosema/theory";

/** What a finding may be about, in the order in which an audit lists them. */
export const findingKinds = [
  "reconstruction",
  "inference",
  "determination",
  "recovery",
  "dead",
  "duplicate",
  "polysemantic",
  "composite",
  "uncovered",
  "absorption",
  "absorption-suspect",
  "stationarity",
  "partial-minimum",
  "escape",
  "solution-dimension",
  "conic",
  "coherence",
] as const;

/** What a finding is about. */
export type FindingKind = (typeof findingKinds)[number];

/** Findings by kind, otherwise in the order given. */
export const ordered = (findings: readonly AuditFinding[]): readonly AuditFinding[] =>
  findingKinds.flatMap((kind) => findings.filter((finding) => finding.kind === kind));

/** A number, a word or a list of indices that a finding rests on. */
export type EvidenceValue = number | string | boolean | null | readonly number[];

/** One thing that an audit found. */
export interface AuditFinding {
  /** What it is about. */
  readonly kind: FindingKind;
  /** The latent it is about, where it is about one. */
  readonly latent?: number;
  /** The feature it is about, where it is about one. */
  readonly feature?: number;
  /** In one sentence. */
  readonly summary: string;
  /** The numbers behind it. */
  readonly evidence: Readonly<Record<string, EvidenceValue>>;
  /** Proof, rechecked; absent where the evidence is a measurement. */
  readonly certificate?: Certificate;
}

/** What one check of an audit has to say. */
export interface AuditPart {
  /** What was found. */
  readonly findings: readonly AuditFinding[];
  /** What could not be decided, and why, a sentence each. */
  readonly undecided: readonly string[];
}

/** Nothing to say. */
export const nothing: AuditPart = { findings: [], undecided: [] };

/** Nothing found, and why. */
export const leave = (why: string): AuditPart => ({ findings: [], undecided: [why] });

/** The first findings of a kind, and a sentence on those that are left out. */
export function capped(findings: readonly AuditFinding[], most: number): AuditPart {
  const rest = findings.length - most;
  const [first] = findings;
  if (first === undefined || rest <= 0) return { findings, undecided: [] };
  return {
    findings: findings.slice(0, most),
    undecided: [`${rest} more findings of kind ${first.kind} are counted but not listed: raise limits.findings`],
  };
}

/** Parts one after the other. */
export function joined(...parts: readonly AuditPart[]): AuditPart {
  return {
    findings: parts.flatMap(({ findings }) => findings),
    undecided: parts.flatMap(({ undecided }) => undecided),
  };
}
