import type { Batch, Model, SdlSpec } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { auditDictionary, type DictionaryAudit } from "./auditDictionary.js";
import type { LatentSum } from "./compare/latentSums.js";
import { ordered } from "./finding.js";
import type { InferenceAudit } from "./inference/inferenceAudit.js";
import { inferencePart } from "./inference/inferencePart.js";
import { rowReservoir } from "./inference/rowReservoir.js";
import { type AuditLimits, limitsOf } from "./limits.js";
import { auditBatches } from "./model/auditBatches.js";
import { type AuditedModel, auditedModel } from "./model/auditedModel.js";
import { featureSums } from "./model/featureSums.js";
import { rowsOf } from "./model/rowsOf.js";
import type { AuditFeatures } from "./subject/auditFeatures.js";
import { keptTrust } from "./trust/keptTrust.js";
import type { LatentTrust } from "./trust/latentTrust.js";
import type { Replication } from "./trust/replication.js";

/** What an audit of a model may use beside it. */
export interface ModelAuditOptions {
  /** Samples, read once, as training takes them; default none. Few per batch keep dense codes small: 512 do well. */
  readonly data?: Iterable<Batch> | AsyncIterable<Batch>;
  /** True directions in input space at the size that they have in the data, `[n, P]` row-major; default none. */
  readonly features?: Float32Array | Float64Array;
  /** True directions in target space, `[n, R]` row-major; default `features`. */
  readonly targetFeatures?: Float32Array | Float64Array;
  /** Latents held fixed by anchoring; default none. */
  readonly anchors?: readonly number[];
  /** Sizes up to which expensive parts run. */
  readonly limits?: AuditLimits;
  /** Of the samples that are drawn for the codes of other inferences; default 0. */
  readonly seed?: number;
  /** What other dictionaries of the same data say of each latent, for its scores: `replicationOf`; default none. */
  readonly replication?: Replication;
}

/** What can be said about a model. */
export interface ModelAudit extends DictionaryAudit {
  /** What was trained. */
  readonly spec: SdlSpec;
  /** How the model was read: what stands for its activation, and in which scale losses are. */
  readonly assumptions: readonly string[];
  /** The encoder beside other inferences, and whether codes are determined; null without data, and where the limits leave it out. */
  readonly inference: InferenceAudit | null;
  /** What the theory lacks for its activation; null where it knows it. */
  readonly lacks: string | null;
  /** How far each latent can be trusted; null without data, and where the theory lacks the activation. */
  readonly trust: LatentTrust | null;
  /** Latents that are the sum of several true features, and none of them alone; null without features. */
  readonly composites: readonly LatentSum[] | null;
}

/**
 * Audits a trained model as it runs at inference: {@link auditDictionary} on its matrices, with a gated activation as the JumpReLU that it
 * equals, BatchTopK with its threshold, and targets without the part of a skip connection. Samples are encoded on the backend; on up to
 * 2,048 of them codes are also found without the encoder.
 *
 * @throws RangeError where shapes do not fit, a number is not finite, or data hold no sample
 */
export async function auditModel(backend: Backend, model: Model, options: ModelAuditOptions = {}): Promise<ModelAudit> {
  const { data, anchors, limits, seed = 0, replication } = options;
  const audited = auditedModel(model);
  const { decoder, decoderBias = new Float64Array(decoder.cols) } = audited.dictionary;
  const features = featuresOf(model, audited, options);
  const { scored, inference: work } = limitsOf(limits);
  const reservoir = rowReservoir(decoderBias, Math.max(1, Math.floor(scored / decoder.cols)), seed);
  const found = await auditDictionary(audited.dictionary, {
    ...(data ? { data: reservoir.through(auditBatches(backend, model, audited, data)) } : {}),
    ...(features ? { features } : {}),
    ...(anchors ? { anchors } : {}),
    regulariser: audited.regulariser,
    lacks: audited.lacks,
    ...(limits ? { limits } : {}),
  });
  const composites = features?.featuresR ? await featureSums(backend, decoder, features.featuresR, found.dead) : null;
  const { assumptions, lacks } = audited;
  const known = { ...found, ...{ spec: model.spec, assumptions, lacks, composites } };
  if (!data) return { ...known, inference: null, trust: null };
  const part = await inferencePart(backend, decoder, reservoir, work, seed);
  return {
    ...known,
    findings: ordered([...found.findings, ...part.findings]),
    undecided: [...found.undecided, ...part.undecided],
    inference: part.inference,
    trust: lacks === null ? await keptTrust(backend, audited.dictionary, reservoir, replication) : null,
  };
}

function featuresOf(
  { spec: { nP, nR } }: Model,
  { inputs, targets }: AuditedModel,
  { features, targetFeatures = features }: ModelAuditOptions,
): AuditFeatures | undefined {
  if (features === undefined || targetFeatures === undefined) {
    if (targetFeatures === undefined) return undefined;
    throw new RangeError("auditModel: targetFeatures must come with features, got them alone; pass both");
  }
  const n = features.length / nP;
  if (!Number.isInteger(n) || targetFeatures.length !== n * nR) {
    throw new RangeError(
      `auditModel: features and targetFeatures must have rows of ${nP} and ${nR} numbers, one of each per feature, got ${features.length} and ${targetFeatures.length} numbers; pass one direction per row`,
    );
  }
  return {
    featuresP: rowsOf(inputs(features), nP),
    featuresR: rowsOf(targets(targetFeatures, features), nR),
  };
}
