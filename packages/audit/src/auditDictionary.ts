import type { Verdict } from "@monosema/theory";
import type { AuditInput } from "./auditInput.js";
import { duplicatePairs } from "./checks/duplicates.js";
import { auditChecks, plainChecks } from "./checks.js";
import { type AuditFinding, joined, ordered } from "./finding.js";
import { setupVerdict } from "./setupVerdict.js";
import { auditSubject } from "./subject/auditSubject.js";
import type { LatentPair } from "./subject/decoderPairs.js";
import type { Dictionary } from "./subject/foldDictionary.js";

/** What can be said about a dictionary. */
export interface DictionaryAudit {
  /** Number of latents. */
  readonly latents: number;
  /** Latents without effect: silent on all that was given. */
  readonly dead: readonly number[];
  /** Pairs of latents that write the same direction, most similar first; silent ones too. */
  readonly duplicates: readonly LatentPair[];
  /** Samples read. */
  readonly samples: number;
  /** Share of the samples in which each latent is active, `[nQ]`; null without samples. */
  readonly firingRates: Float64Array | null;
  /** Whether the features can be recovered from optimal models of this problem. */
  readonly verdict: Verdict;
  /** What was found; those with a certificate are proved. */
  readonly findings: readonly AuditFinding[];
  /** What cannot be known from what was given, or was left out, a sentence each. */
  readonly undecided: readonly string[];
}

/** What depends on how latents are selected. */
const LEFT_OUT =
  "what features switch on, which latents mix or absorb them, stationarity, partial minima, escapes, the solution set and scores of latents";

/**
 * Audits a dictionary: dead, duplicate, polysemantic and composite latents, absorption, stationarity, partial minima and escapes with
 * their exact gain, the dimension of its solution set, coherence and conic independence, and whether its problem is identifiable at all.
 *
 * What holds of arXiv 2512.05534 is used, with its errors corrected: which features a latent mixes, absorption (Theorem 3.8 does not
 * explain it) and identifiability need true directions; from samples alone the audit reports what can be seen and says what cannot be
 * known. Features are tested alone at unit size, relative to the biases of the decoder, where the loss is the approximate loss; on samples
 * it is the empirical one, without any sparsity term.
 *
 * One pass over the data, codes are not kept. Cost O(nQ^2 nR) for pairs of decoders, O(samples nQ nP) without given codes, and what the
 * limits allow: minutes for 16,000 latents, 768 dimensions and 100,000 samples.
 *
 * @throws RangeError where shapes do not fit, a number is not finite, or data hold no sample
 */
export async function auditDictionary(dictionary: Dictionary, input: AuditInput = {}): Promise<DictionaryAudit> {
  const { lacks = null, ...known } = input;
  const { features: _, ...withoutFeatures } = known;
  const subject = await auditSubject(dictionary, lacks === null ? known : withoutFeatures);
  const { model, pairs, features, statistics, dead, limits } = subject;
  const checks = lacks === null ? auditChecks : plainChecks;
  const { findings, undecided } = joined(...checks.map((check) => check(subject)));
  return {
    latents: model.encoder.rows,
    dead,
    duplicates: duplicatePairs(pairs),
    samples: statistics?.samples ?? 0,
    firingRates: statistics?.active.map((count) => count / statistics.samples) ?? null,
    verdict:
      lacks === null
        ? setupVerdict(model.plain, features, input.regulariser ?? { kind: "none" }, limits)
        : { verdict: "undecided", reason: lacks, certificate: null, warnings: [] },
    findings: ordered(findings),
    undecided: [...undecided, ...(lacks === null ? [] : [`${LEFT_OUT}: ${lacks}`])],
  };
}
