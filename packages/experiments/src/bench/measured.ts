import { classification, type RecoveryReport } from "@monosema/bench";
import { evaluateModel, type Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { BenchMetrics } from "../records.js";
import { dictionaryRecovery } from "./recovery.js";
import type { ViewData } from "./seedData.js";

/** What is measured on a dictionary. */
export interface Measured {
  /** The metrics of its row. */
  readonly metrics: BenchMetrics;
  /** Recovery, for what else the row shows. */
  readonly recovery: RecoveryReport;
}

/**
 * Measures a dictionary on the true features and on the held-out samples.
 *
 * @param excluded - features that are not scored
 */
export async function measured(
  backend: Backend,
  model: Model,
  { lrb, heldOut }: ViewData,
  excluded: readonly number[],
): Promise<Measured> {
  const recovery = await dictionaryRecovery(backend, model, lrb, excluded);
  const classes = classification(recovery.featureOf, lrb.n);
  const coefficientsOf = new Map(heldOut.map((batch) => [batch.input, batch.coefficients]));
  const { l0, fvu, explainedVariance, deadFraction, shrinkage } = await evaluateModel(backend, model, heldOut, {
    onBatch({ input }, { codes }) {
      const coefficients = coefficientsOf.get(input as Float32Array);
      if (coefficients === undefined) throw new Error("internal: a held-out batch lost its coefficients");
      classes.add(codes, coefficients);
    },
  });
  const { f1, trueL0 } = classes.report();
  const { decoder, encoder, raw, matched, mcc, uniqueness } = recovery;
  return {
    metrics: {
      decoder,
      encoder,
      raw,
      matched,
      mcc,
      l0,
      trueL0,
      fvu,
      explainedVariance,
      deadFraction,
      shrinkage,
      f1,
      uniqueness,
    },
    recovery,
  };
}
