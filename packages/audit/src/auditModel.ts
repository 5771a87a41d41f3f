import type { Batch, Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { auditDictionary, type DictionaryAudit } from "./auditDictionary.js";
import type { AuditLimits } from "./limits.js";
import { auditBatches } from "./model/auditBatches.js";
import { type AuditedModel, auditedModel } from "./model/auditedModel.js";
import { rowsOf } from "./model/rowsOf.js";
import type { AuditFeatures } from "./subject/auditFeatures.js";

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
}

/** What can be said about a model. */
export interface ModelAudit extends DictionaryAudit {
  /** How the model was read: what stands for its activation, and in which scale losses are. */
  readonly assumptions: readonly string[];
}

/**
 * Audits a trained model as it runs at inference: {@link auditDictionary} on its matrices, with a gated activation as the JumpReLU that it
 * equals, BatchTopK with its threshold, and targets without the part of a skip connection. Samples are encoded on the backend.
 *
 * @throws RangeError where shapes do not fit, a number is not finite, or data hold no sample
 */
export async function auditModel(backend: Backend, model: Model, options: ModelAuditOptions = {}): Promise<ModelAudit> {
  const { data, anchors, limits } = options;
  const audited = auditedModel(model);
  const features = featuresOf(model, audited, options);
  const found = await auditDictionary(audited.dictionary, {
    ...(data ? { data: auditBatches(backend, model, audited, data) } : {}),
    ...(features ? { features } : {}),
    ...(anchors ? { anchors } : {}),
    regulariser: audited.regulariser,
    ...(limits ? { limits } : {}),
  });
  return { ...found, assumptions: audited.assumptions };
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
