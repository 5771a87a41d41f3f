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

/** What findings of a kind mean, for people. */
export const findingMeanings: Readonly<Record<FindingKind, string>> = {
  reconstruction: "how much of the samples the dictionary explains, and with how many active latents",
  inference: "what codes that are found without the encoder explain, and whether they choose the same latents",
  determination: "how far apart two codes can be that decode to the same sample",
  recovery: "how many true features have a latent of their own",
  dead: "latents that never fire: they cost and do nothing",
  duplicate: "two latents for one direction: one of them would do",
  polysemantic: "latents that several features switch on: no one name fits them",
  composite: "decoder rows that are sums of a few others: perhaps several features in one",
  uncovered: "features that switch on no latent when they are alone",
  absorption: "a latent that took over a more general feature: the general one is silent where it fires",
  "absorption-suspect": "pairs that may be a general and a special feature, the special one silencing the general one",
  stationarity: "decoder rows that still fit badly: training could lower the loss by moving them alone",
  "partial-minimum": "whether encoder or decoder alone could still lower the loss",
  escape: "rows that would lower the loss if dead latents took them: a way out of a bad minimum",
  "solution-dimension":
    "in how many ways the dictionary could change without changing the loss: what training left to chance",
  conic: "rows that are no sum of others: only those can have a ReLU latent that fires for them alone",
  coherence: "how much rows overlap: the less, the surer a sparse code is",
};

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
