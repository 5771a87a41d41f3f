import {
  type AbsorptionEntry,
  absorption,
  bestMatches,
  type CompositeMatch,
  classification,
  type LatentKindsReport,
  latentKinds,
  outcomesByRate,
  type RecoveryReport,
  type Similarity,
  similarity,
} from "@monosema/bench";
import { evaluateModel, type Model, type ModelMetrics } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import type { BenchMetrics, BenchRow } from "../records.js";
import { dictionaryRecovery } from "./recovery.js";
import type { ViewData } from "./seedData.js";

/** What is measured on a dictionary. */
export interface Measured extends Pick<BenchRow, "metrics" | "outcomes" | "byRate" | "composites"> {
  /** Recovery, for what else the row shows. */
  readonly recovery: RecoveryReport;
}

/**
 * Measures a dictionary on the true features and on the held-out samples.
 *
 * @param excluded - features that are not scored
 * @param rates - how often each feature fires in training samples, `[N]`
 */
export async function measured(
  backend: Backend,
  model: Model,
  data: ViewData,
  excluded: readonly number[],
  rates: Float64Array,
): Promise<Measured> {
  const { n, targetFeatures } = data.lrb;
  const { nQ, nR } = model.spec;
  const { decoder } = model.weights;
  const features = { values: targetFeatures, count: n };
  const signed = await similarity(backend, { values: decoder, count: nQ }, features, nR);
  const recovery = await dictionaryRecovery(backend, model, data.lrb, excluded, signed);
  const onSamples = await heldOutCounts(backend, model, data, recovery, signed);
  const kinds = await latentKinds(backend, {
    similarity: signed,
    decoder,
    targetFeatures,
    exclude: excluded,
    ...onSamples.kindFacts,
  });
  return {
    metrics: metricsOf(recovery, onSamples, kinds),
    outcomes: kinds.outcomes.map((outcome) => outcome.charAt(0)).join(""),
    byRate: outcomesByRate(kinds.outcomes, rates),
    composites: kinds.composites.map(rounded),
    recovery,
  };
}

/** What the held-out samples tell. */
interface HeldOutCounts {
  readonly model: ModelMetrics;
  readonly f1: number;
  readonly trueL0: number;
  /** What `latentKinds` needs of the samples. */
  readonly kindFacts: {
    readonly fired: Float64Array;
    readonly samples: number;
    readonly parentOf?: Int32Array;
    readonly absorbing?: readonly AbsorptionEntry[];
  };
}

async function heldOutCounts(
  backend: Backend,
  model: Model,
  { lrb, heldOut }: ViewData,
  { featureOf }: RecoveryReport,
  signed: Similarity,
): Promise<HeldOutCounts> {
  const { nQ, nR } = model.spec;
  const { targetFeatures, coefficientModel } = lrb;
  const parentOf = coefficientModel.hierarchy?.parentOf;
  const { latentOf } = bestMatches({ values: signed.cosine, rows: signed.rows, columns: signed.columns });
  const { decoder } = model.weights;
  const classes = classification(featureOf, lrb.n);
  const absorbed = parentOf && absorption({ parentOf, latentOf, decoder, targetFeatures, nR });
  const fired = new Float64Array(nQ);
  const coefficientsOf = new Map(heldOut.map((batch) => [batch.input, batch.coefficients]));
  const metrics = await evaluateModel(backend, model, heldOut, {
    onBatch({ input }, { codes }) {
      const coefficients = coefficientsOf.get(input as Float32Array);
      if (coefficients === undefined) throw new Error("internal: a held-out batch lost its coefficients");
      classes.add(codes, coefficients);
      absorbed?.add(codes, coefficients);
      countFirings(codes, fired);
    },
  });
  const { f1, trueL0, samples } = classes.report();
  const absorbing = absorbed?.report().entries.filter(({ flagged }) => flagged);
  return {
    model: metrics,
    f1,
    trueL0,
    kindFacts: { fired, samples, ...(parentOf && { parentOf }), ...(absorbing && { absorbing }) },
  };
}

function countFirings({ latents, values }: SparseRows, fired: Float64Array): void {
  latents.forEach((latent, at) => {
    if (values[at] !== 0) fired[latent] = (fired[latent] as number) + 1;
  });
}

function metricsOf(
  { decoder, encoder, raw, matched, mcc, uniqueness }: RecoveryReport,
  { model: { l0, fvu, explainedVariance, deadFraction, shrinkage }, f1, trueL0 }: HeldOutCounts,
  { found, foundComposite, shares }: LatentKindsReport,
): BenchMetrics {
  return {
    decoder,
    encoder,
    raw,
    matched,
    mcc,
    found,
    foundComposite,
    l0,
    trueL0,
    fvu,
    explainedVariance,
    deadFraction,
    shrinkage,
    f1,
    uniqueness,
    latents: shares,
  };
}

/** Three digits are enough to name a sum. */
function rounded({ latent, cosine, parts, weights }: CompositeMatch): BenchRow["composites"][number] {
  const short = (value: number): number => Math.round(1e3 * value) / 1e3;
  return { latent, cosine: short(cosine), features: parts, weights: weights.map(short) };
}
