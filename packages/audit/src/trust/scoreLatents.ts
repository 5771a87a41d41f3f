import type { Batch, Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { rowReservoir } from "../inference/rowReservoir.js";
import { defaultLimits } from "../limits.js";
import { auditBatches } from "../model/auditBatches.js";
import { auditedModel } from "../model/auditedModel.js";
import { keptTrust } from "./keptTrust.js";
import type { LatentTrust } from "./latentTrust.js";
import type { Replication } from "./replication.js";

/** Options of {@link scoreLatents}. */
export interface ScoreOptions {
  /** Numbers of the samples that are kept, rows times width; default 6.4e7. Of more, as many are drawn. */
  readonly scored?: number;
  /** What other dictionaries of the same data say of each latent: `replicationOf`; default none. */
  readonly replication?: Replication;
  /** Of the drawing of samples; default 0. */
  readonly seed?: number;
}

/**
 * How far each latent of a dictionary can be trusted, as `auditModel` says it, without the rest of the audit.
 *
 * @param batches - samples `[B, P]`, for transcoders with targets `[B, R]`; read once
 * @throws RangeError for no samples, or widths that do not fit
 */
export async function scoreLatents(
  backend: Backend,
  model: Model,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { scored = defaultLimits.scored, replication, seed = 0 }: ScoreOptions = {},
): Promise<LatentTrust> {
  const audited = auditedModel(model);
  const { decoder, decoderBias = new Float64Array(decoder.cols) } = audited.dictionary;
  const reservoir = rowReservoir(decoderBias, Math.max(1, Math.floor(scored / decoder.cols)), seed);
  for await (const _ of reservoir.through(auditBatches(backend, model, audited, batches)));
  if (reservoir.seen() === 0)
    throw new RangeError("scoreLatents: batches must hold a sample, got none; check the data");
  return keptTrust(backend, audited.dictionary, reservoir, replication);
}
