import type { Mat } from "@monosema/numerics";
import type { Backend } from "@monosema/tensor";
import { type CodeDetermination, codeDetermination, ownDetermination } from "./codeDetermination.js";
import { type CodeDistance, codeDistance } from "./codeDistance.js";
import { type CodeQuality, qualityOf } from "./codeQuality.js";
import { comparedCodes } from "./comparedCodes.js";
import { type KeptRow, stacked } from "./rowReservoir.js";

/** What other ways to find codes of the same decoder say of the encoder, on samples drawn from the data. */
export interface InferenceAudit {
  /** The encoder's codes beside those by matching pursuit and by penalised non-negative least squares. */
  readonly quality: CodeQuality;
  /** Singular values over unions of the supports of two samples; null where fewer than two have active latents. */
  readonly determination: CodeDetermination | null;
  /** The same over unions of the supports that encoder and matching pursuit give one sample. */
  readonly ownDetermination: CodeDetermination | null;
  /** How far codes are apart, beside what {@link CodeDetermination} allows. */
  readonly distance: CodeDistance;
}

/** Cubed latents of all unions whose singular values are computed: ten seconds. */
const UNIONS = 1e9;

/**
 * Compares the encoder of a dictionary with other inferences.
 *
 * @param decoder - `[Q, R]`
 * @param rows - samples drawn from the data
 * @param of - samples of the data
 * @param seed - of the drawing of supports
 */
export async function inferenceAudit(
  backend: Backend,
  decoder: Mat,
  rows: readonly KeptRow[],
  of: number,
  seed: number,
): Promise<InferenceAudit> {
  const { targets, codes } = stacked(rows);
  const compared = await comparedCodes("auditModel", backend, decoder, targets, codes);
  const quality = qualityOf(compared, of);
  const drawing = { pairs: Math.ceil(Math.min(300, UNIONS / (2 * quality.l0) ** 3)), seed };
  const determination = codeDetermination(decoder, compared.encoder.codes, drawing);
  return {
    ...{ quality, determination },
    ownDetermination: ownDetermination(decoder, compared.encoder.codes, compared.omp.codes, drawing),
    distance: codeDistance(decoder, compared, determination),
  };
}
