import { checkWhole } from "../checks.js";
import type { Mat } from "../mat.js";
import type { Verdict } from "../verdict.js";
import { absorptionSuspects } from "./absorptionSuspects.js";
import { type AuditFeatures, type CheckedFeatures, checkFeatures } from "./auditFeatures.js";
import { type AuditModel, type FoldedModel, foldModel } from "./auditModel.js";
import { compositeLatents } from "./compositeLatents.js";
import { deadLatents } from "./deadLatents.js";
import { type DecoderPairs, decoderPairs } from "./decoderPairs.js";
import { duplicates } from "./duplicates.js";
import { escapes } from "./escapes.js";
import { featureFindings, patternOf } from "./featureFindings.js";
import { type AuditFinding, type AuditPart, joined, ordered } from "./finding.js";
import { coherence } from "./geometry.js";
import { type AuditLimits, limitsOf } from "./limits.js";
import { mostRows, partialMinimum, stationarityFindings, type WeightedRows } from "./partialMinima.js";
import type { AuditBatch } from "./sampleBatch.js";
import { type SampleStatistics, sampleStatistics } from "./sampleStatistics.js";
import { type AuditRegulariser, setupVerdict } from "./setupVerdict.js";

/** What an audit may use beside the dictionary. */
export interface AuditInput {
  /** Samples in batches, read once; default none. */
  readonly data?: Iterable<AuditBatch> | AsyncIterable<AuditBatch>;
  /** True directions; default none. */
  readonly features?: AuditFeatures;
  /** Latents held fixed by anchoring; default none. */
  readonly anchors?: readonly number[];
  /** What the objective prefers among models of the same loss; default nothing. */
  readonly regulariser?: AuditRegulariser;
  /** Sizes up to which expensive parts run. */
  readonly limits?: AuditLimits;
}

/** What can be said about a dictionary. */
export interface DictionaryAudit {
  /** Number of latents. */
  readonly latents: number;
  /** Latents without effect: silent on all that was given. */
  readonly dead: readonly number[];
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

/** Cosine from which the decoders of two latents count as overlapping. */
const OVERLAP = 0.2;

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
export async function auditDictionary(model: AuditModel, input: AuditInput = {}): Promise<DictionaryAudit> {
  const folded = foldModel(model);
  const limits = limitsOf(input.limits);
  const features = input.features ? checkFeatures(input.features, folded) : null;
  const anchors = input.anchors ?? [];
  const nQ = folded.encoder.rows;
  for (const latent of anchors) checkWhole("auditDictionary", "anchors", latent, 0, nQ - 1);
  const pairs = decoderPairs(folded.decoder, OVERLAP, limits.pairs);
  const statistics = input.data ? await sampleStatistics(input.data, folded, pairs.similar, limits) : null;
  const pattern = features && patternOf(folded, features, limits.work);

  const dead = deadLatents(folded, statistics, pattern?.pattern ?? null, pattern?.prove ?? null, limits.findings);
  const silent = new Set(dead.latents);
  const alive = Array.from({ length: nQ }, (_, i) => i).filter((i) => !silent.has(i));
  const parts = joined(
    dead,
    duplicates(folded, pairs, statistics, limits.findings),
    ...(features && pattern
      ? [featureFindings(folded, features, pattern, anchors, limits)]
      : [withoutFeatures(), compositeLatents(folded, notZero(alive, pairs), limits)]),
    coherence("decoder", folded.decoder, pairs, limits.directions),
    statistics
      ? onSamples(folded, pairs, statistics, dead.latents, limits)
      : { findings: [], undecided: ["nothing is known of samples: no data were given"] },
  );
  const verdict = setupVerdict(folded.plain, features, input.regulariser ?? { kind: "none" }, limits);
  return {
    latents: nQ,
    dead: dead.latents,
    samples: statistics?.samples ?? 0,
    firingRates: statistics?.active.map((count) => count / statistics.samples) ?? null,
    verdict,
    findings: ordered(parts.findings),
    undecided: [...parts.undecided, ...assumed(input.features, features)],
  };
}

/** What only true directions can tell. */
function withoutFeatures(): AuditPart {
  return {
    findings: [],
    undecided: [
      "which features a latent mixes, which parent a child absorbs and how many features are recovered: no true features were given",
      "solution set and global bounds of the approximate loss: no true features were given",
    ],
  };
}

function onSamples(
  model: FoldedModel,
  pairs: DecoderPairs,
  statistics: SampleStatistics,
  dead: readonly number[],
  limits: Required<AuditLimits>,
): AuditPart {
  const { samples, reconstructed, fvu, l0, firstInputs, stationarity } = statistics;
  const nQ = model.encoder.rows;
  const few = Math.min(firstInputs.rows, mostRows(model, limits.region));
  const reconstruction: AuditFinding = {
    kind: "reconstruction",
    summary: `${l0.toPrecision(3)} latents active per sample; fvu ${fvu.toPrecision(3)} over ${reconstructed} samples`,
    evidence: { samples, l0, reconstructed, fvu },
  };
  const tooFew: AuditPart = {
    findings: [],
    undecided: [
      `partial minimum on samples: ${few} samples are fewer than ${nQ} latents, which could fit any of them; gradients alone are given`,
    ],
  };
  return joined(
    { findings: [reconstruction], undecided: [] },
    absorptionSuspects(model, pairs, statistics, limits.findings),
    stationarityFindings(`${reconstructed} samples`, stationarity, model.eps, limits.findings),
    few >= nQ ? partialMinimum(model, firstRows(statistics, few), limits) : tooFew,
    escapes(model, firstRows(statistics, firstInputs.rows), dead[0] ?? null, limits.work),
  );
}

/** The first samples, weighted equally. */
function firstRows({ firstInputs, firstTargets }: SampleStatistics, count: number): WeightedRows {
  const first = ({ cols, data }: Mat): Mat => ({ rows: count, cols, data: data.subarray(0, count * cols) });
  return {
    name: `the first ${count} samples`,
    inputs: first(firstInputs),
    targets: first(firstTargets),
    weights: new Float64Array(count).fill(1 / count),
  };
}

/** Latents whose decoder has a direction. */
function notZero(latents: readonly number[], { zeroRows }: DecoderPairs): number[] {
  const zero = new Set(zeroRows);
  return latents.filter((latent) => !zero.has(latent));
}

function assumed(given: AuditFeatures | undefined, features: CheckedFeatures | null): string[] {
  return features !== null && given?.weights === undefined
    ? ["features were weighted equally: no weights were given"]
    : [];
}
