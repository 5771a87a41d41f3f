import type { AdditiveModel, CalibratedScore, Calibration } from "@monosema/audit";
import { probability } from "@monosema/audit";
import { auroc } from "../tables/detection.js";
import { additiveFit, type FitInput } from "./additiveFit.js";
import type { LabelledLatents } from "./labelledLatents.js";
import { calibrationError, reliability } from "./scores.js";

/** Which labels a score is the probability of. */
export type ScoreKind = "real" | "atomic";

/** Folds of the cross-validation, over settings. */
const FOLDS = 8;
/** Chosen on a first set of settings that takes no further part; from a tenth to ten times as much changes areas by less than .01. */
const PENALTY: FitInput["penalty"] = { ridge: 1, bend: 3, context: 10 };

/** The numbers of replicas, which not every audit has. */
const isOfReplicas = (name: string): boolean => name.startsWith("replica");
/** Numbers of the whole dictionary that tell settings, not qualities. */
const leftOut = new Set(["l0"]);

/** Fits all four scores, each with its reliability on settings left out. */
export function fitScores(settings: readonly LabelledLatents[], seed: number): Calibration {
  const pair = (kind: ScoreKind) => ({
    alone: calibrated(settings, kind, false),
    replicated: calibrated(settings, kind, true),
  });
  return {
    made: { settings: settings.length, latents: settings.reduce((sum, { real }) => sum + real.length, 0), seed },
    real: pair("real"),
    atomic: pair("atomic"),
    ranges: rangesOf(settings),
  };
}

/** A model of a score on some settings. */
export function fitScore(settings: readonly LabelledLatents[], kind: ScoreKind, replicated: boolean): AdditiveModel {
  const [first] = settings as readonly [LabelledLatents];
  const column = (of: (one: LabelledLatents) => readonly (number | null)[]): Float64Array =>
    Float64Array.from(
      settings.flatMap((one) => of(one)),
      (value) => value ?? Number.NaN,
    );
  const constant = (one: LabelledLatents, value: number): number[] => one.real.map(() => value);
  const names = Object.keys(first.statistics).filter((name) => replicated || !isOfReplicas(name));
  const total = settings.reduce((sum, { real }) => sum + real.length, 0);
  const roots = settings.reduce((sum, { real }) => sum + Math.sqrt(real.length), 0);
  return additiveFit({
    statistics: Object.fromEntries(names.map((name) => [name, column((one) => one.statistics[name] ?? [])])),
    context: Object.fromEntries(
      Object.keys(first.context)
        .filter((name) => !leftOut.has(name))
        .map((name) => [name, column((one) => constant(one, one.context[name] ?? Number.NaN))]),
    ),
    labels: Uint8Array.from(settings.flatMap((one) => one[kind])),
    // Large dictionaries count more than small ones, by the root of their size.
    weights: Float64Array.from(settings.flatMap((one) => constant(one, total / roots / Math.sqrt(one.real.length)))),
    penalty: PENALTY,
  });
}

/** Scores of the latents of a dictionary by the models of a calibration; no latent is surer to be atomic than to be real. */
export function scores(
  { real, atomic }: Pick<Calibration, ScoreKind>,
  kind: ScoreKind,
  replicated: boolean,
  row: LabelledLatents,
): readonly number[] {
  const given = replicated ? "replicated" : "alone";
  const areReal = scored(real[given].model, row);
  return kind === "real" ? areReal : leastOf(areReal, scored(atomic[given].model, row));
}

const leastOf = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, i) => Math.min(value, b[i] as number));

function scored(model: AdditiveModel, { statistics, context, real }: LabelledLatents): number[] {
  const whole = named(Object.entries(context));
  return real.map((_, latent) =>
    probability(
      model,
      named(Object.entries(statistics).map(([name, values]) => [name, values[latent] ?? null])),
      whole,
    ),
  );
}

const named = (entries: readonly (readonly [string, number | null])[]): Readonly<Record<string, number>> =>
  Object.fromEntries(entries.map(([name, value]) => [name, value ?? Number.NaN]));

/** Scores of the latents of each setting by a model that was fitted without its fold. */
export function crossValidated(
  settings: readonly LabelledLatents[],
  kind: ScoreKind,
  replicated: boolean,
): readonly (readonly number[])[] {
  const folds = settings.map((_, index) => index % FOLDS);
  const models = new Map(
    [...new Set(folds)].map((fold) => [
      fold,
      fitScore(
        settings.filter((_, i) => folds[i] !== fold),
        kind,
        replicated,
      ),
    ]),
  );
  return settings.map((setting, i) => scored(models.get(folds[i] as number) as AdditiveModel, setting));
}

function calibrated(settings: readonly LabelledLatents[], kind: ScoreKind, replicated: boolean): CalibratedScore {
  const own = crossValidated(settings, kind, replicated);
  const scores =
    kind === "real"
      ? own
      : crossValidated(settings, "real", replicated).map((areReal, i) => leastOf(areReal, own[i] as readonly number[]));
  const bins = reliability(
    scores.flat(),
    settings.flatMap((setting) => setting[kind]),
  );
  const areas = settings
    .map((setting, i) => auroc(scores[i] as readonly number[], Uint8Array.from(setting[kind])))
    .filter((area) => !Number.isNaN(area))
    .sort((a, b) => a - b);
  return {
    model: fitScore(settings, kind, replicated),
    reliability: bins.map((bin) => ({ ...bin, score: short(bin.score), share: short(bin.share) })),
    error: short(calibrationError(bins)),
    auc: short(areas[Math.floor(areas.length / 2)] ?? Number.NaN),
  };
}

function rangesOf(settings: readonly LabelledLatents[]): Calibration["ranges"] {
  const [first] = settings as readonly [LabelledLatents];
  const names = Object.keys(first.statistics).filter((name) => !isOfReplicas(name));
  return Object.fromEntries(
    names.map((name) => {
      const values = settings.flatMap((one) => (one.statistics[name] ?? []).filter((value) => value !== null));
      const sorted = Float64Array.from(values as number[]).sort();
      const at = (share: number): number => short(sorted[Math.round(share * (sorted.length - 1))] as number);
      return [name, [at(0.005), at(0.995)] as const];
    }),
  );
}

const short = (value: number): number => Number(value.toPrecision(4));
