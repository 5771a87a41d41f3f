import { compareDictionaries, replicationOf, replicationStatistics, scoreLatents } from "@monosema/audit";
import { bestMatches, compositeMatches, type LinearRepresentationBench, similarity } from "@monosema/bench";
import { arrayRows, type Batch, type Model, sequentialBatches } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { CalibrationSetting } from "./setting.js";
import { trainedSetting } from "./trainedSetting.js";

/** The latents of one dictionary that are scored: their statistics, and what they are. */
export interface LabelledLatents {
  /** How they came about. */
  readonly setting: CalibrationSetting;
  /** Statistics by name, replicas included, one number for each latent. */
  readonly statistics: Readonly<Record<string, readonly (number | null)[]>>;
  /** Numbers of the whole dictionary. */
  readonly context: Readonly<Record<string, number | null>>;
  /** 1 for latents that are real. */
  readonly real: readonly number[];
  /** 1 for latents that are one feature alone. */
  readonly atomic: readonly number[];
  /** Latents of the dictionary. */
  readonly latents: number;
  /** Active ones of a sample on average. */
  readonly l0: number;
}

/** Cosine above which a latent is a feature, or the sum of a feature and its ancestors. */
const TAU = 0.9;
/** Dictionaries whose codes are denser are left out: no one would ask for scores of theirs. */
const DENSEST = 0.35;

/** Trains a setting and two replicas, and looks its latents up in the truth; null where codes are not sparse. */
export async function labelledLatents(backend: Backend, setting: CalibrationSetting): Promise<LabelledLatents | null> {
  const { lrb, models, inputs, targets } = await trainedSetting(backend, setting, 3);
  const [model] = models as readonly [Model];
  const { nP, nR, nQ } = model.spec;
  const data = (): AsyncIterable<Batch> =>
    sequentialBatches(arrayRows(inputs, nP), BATCH, lrb.view === "transcoder" ? arrayRows(targets, nR) : undefined);
  const trust = await scoreLatents(backend, model, data());
  const l0 = trust.context.l0 as number;
  if (l0 > DENSEST * nQ) return null;
  const replication = replicationOf(await compareDictionaries(backend, models, { data: data() }));
  const statistics = { ...trust.statistics, ...replicationStatistics(replication) };
  const kept = Array.from(trust.unscored.keys()).filter((latent) => trust.unscored[latent] === 0);
  const cosines = await truth(backend, lrb, model);
  const label = (values: Float64Array): number[] =>
    kept.map((latent) => Number(setting.control === null && (values[latent] as number) > TAU));
  return {
    ...{ setting, latents: nQ, l0 },
    statistics: mapped(statistics, (values) => kept.map((latent) => rounded(values[latent] as number))),
    context: mapped(trust.context, rounded),
    real: label(cosines.real),
    atomic: label(cosines.atomic),
  };
}

/** Cosine of each latent with the nearest feature, and with the nearest sum of a feature and its ancestors, `[Q]`. */
async function truth(backend: Backend, lrb: LinearRepresentationBench, { weights, spec }: Model) {
  const { targetFeatures, n, coefficientModel } = lrb;
  const decoder = { values: weights.decoder, count: spec.nQ };
  const found = await similarity(backend, decoder, { values: targetFeatures, count: n }, spec.nR);
  const { featureOf } = bestMatches({ values: found.cosine, rows: found.rows, columns: n });
  const atomic = Float64Array.from(featureOf, (feature, latent) => found.cosine[latent * n + feature] as number);
  const real = atomic.slice();
  const parentOf = coefficientModel.hierarchy?.parentOf;
  for (const { latent, cosine } of parentOf ? compositeMatches(found, targetFeatures, parentOf, TAU) : []) {
    real[latent] = Math.max(real[latent] as number, cosine);
  }
  return { atomic, real };
}

const BATCH = 1000;

const mapped = <T, U>(values: Readonly<Record<string, T>>, of: (value: T) => U): Readonly<Record<string, U>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, of(value)]));

const rounded = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);
