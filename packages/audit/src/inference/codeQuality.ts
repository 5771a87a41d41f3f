import { checkMatrix, checkWhole, type Mat } from "@monosema/numerics";
import { type Batch, fractionUnexplained, type Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { auditBatches } from "../model/auditBatches.js";
import { auditedModel } from "../model/auditedModel.js";
import { type ComparedCodes, comparedCodes } from "./comparedCodes.js";
import { rowReservoir, stacked } from "./rowReservoir.js";
import { supportJaccard } from "./supportJaccard.js";

/** How good the codes of an encoder are beside those that its decoder allows, all with as many active latents, sample by sample. */
export interface CodeQuality {
  /** Samples compared. */
  readonly rows: number;
  /** Samples of the data that they were drawn from. */
  readonly of: number;
  /** Mean number of active latents of the encoder. */
  readonly l0: number;
  /** Fraction of variance unexplained by the encoder's codes, over these samples; null for targets without variance. */
  readonly fvu: number | null;
  /** The same by codes that need no encoder. */
  readonly fvuInference: InferenceFvu;
  /** 1 - best / fvu: at least this share of the error is the encoder's and not the decoder's; null without error. */
  readonly encoderShare: number | null;
  /** Jaccard index of the supports of encoder and OMP, the mean over samples; null where none has an active latent. */
  readonly supportJaccard: number | null;
  /** That of NNLS with each of them. */
  readonly supportJaccardNnls: NnlsJaccard;
  /**
   * 1 - sum ||x_hat - x_hat'||^2 / variance of the targets, of encoder and OMP: near 1 where both say the same in the space of the data,
   * by whichever latents; null for targets without variance.
   */
  readonly reconstructionAgreement: number | null;
}

/** Fraction of variance unexplained by codes that need no encoder; null for targets without variance. */
export interface InferenceFvu {
  /** By `orthogonalMatchingPursuit`. */
  readonly omp: number | null;
  /** By `nonNegativeCodes`. */
  readonly nnls: number | null;
  /** By the best code found of each sample: one of these, the encoder's, or the encoder's support with coefficients fitted anew. */
  readonly best: number | null;
}

/** Mean Jaccard index of the supports of NNLS and another inference; null where none has an active latent. */
export interface NnlsJaccard {
  /** With the encoder. */
  readonly encoder: number | null;
  /** With OMP. */
  readonly omp: number | null;
}

/** Options of {@link codeQuality}. */
export interface CodeQualityOptions {
  /** Samples compared at most; default 2048. */
  readonly rows?: number;
  /** Of the drawing of samples; default 0. */
  readonly seed?: number;
}

/**
 * The encoder's share of a dictionary's error, and whether other ways to find sparse codes of the same decoder choose the same latents:
 * matching pursuit and penalised non-negative least squares, each with as many active latents as the encoder has on the sample.
 *
 * Supports that differ while reconstructions agree mean that the decoder leaves open which latents are active ("Which sparse code?",
 * OpenReview JiyytGKbA9, finds a Jaccard index of .43 where codes agree linearly with R^2 above .88). Both alternatives are non-negative,
 * also for signed TopK. Errors are in the scale in which the dictionary sees samples.
 *
 * @param batches - samples `[B, P]`, for transcoders with targets `[B, R]`; read once, `rows` of them drawn
 * @throws RangeError for no samples, widths that do not fit or numbers that are not finite
 */
export async function codeQuality(
  backend: Backend,
  model: Model,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { rows = 2048, seed = 0 }: CodeQualityOptions = {},
): Promise<CodeQuality> {
  checkWhole("codeQuality", "rows", rows, 1);
  const audited = auditedModel(model);
  const { decoder, decoderBias = new Float64Array(decoder.cols) } = audited.dictionary;
  const reservoir = rowReservoir(decoderBias, rows, seed);
  for await (const _ of reservoir.through(auditBatches(backend, model, audited, batches)));
  const of = reservoir.seen();
  if (of === 0) throw new RangeError("codeQuality: batches must hold a sample, got none; check the data");
  const { targets, codes } = stacked(reservoir.kept());
  checkMatrix("codeQuality", "targets", targets, { cols: decoder.cols });
  return qualityOf(await comparedCodes("codeQuality", backend, decoder, targets, codes), of);
}

/** The numbers of codes that were compared. */
export function qualityOf({ targets, encoder, omp, nnls, leastEnergies }: ComparedCodes, of: number): CodeQuality {
  const { variance, power } = moments(targets);
  const unexplained = (energy: number): number | null => fractionUnexplained(energy, variance, power);
  const fvu = unexplained(sum(encoder.energies));
  const best = unexplained(sum(leastEnergies));
  const fvuInference = { omp: unexplained(sum(omp.energies)), nnls: unexplained(sum(nnls.energies)), best };
  const apart = unexplained(
    encoder.residuals.data.reduce((total, value, at) => total + (value - (omp.residuals.data[at] as number)) ** 2, 0),
  );
  return {
    ...{ rows: targets.rows, of, fvu, fvuInference },
    l0: encoder.codes.latents.length / targets.rows,
    encoderShare: fvu === null || best === null || fvu === 0 ? null : 1 - best / fvu,
    supportJaccard: supportJaccard(encoder.codes, omp.codes),
    supportJaccardNnls: {
      encoder: supportJaccard(encoder.codes, nnls.codes),
      omp: supportJaccard(omp.codes, nnls.codes),
    },
    reconstructionAgreement: apart === null ? null : 1 - apart,
  };
}

/** Sums of squares about the mean row, and about zero. */
function moments({ rows, cols, data }: Mat): { readonly variance: number; readonly power: number } {
  const means = new Float64Array(cols);
  for (let at = 0; at < data.length; at++)
    means[at % cols] = (means[at % cols] as number) + (data[at] as number) / rows;
  return {
    variance: data.reduce((total, value, at) => total + (value - (means[at % cols] as number)) ** 2, 0),
    power: data.reduce((total, value) => total + value * value, 0),
  };
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
