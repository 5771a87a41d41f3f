import {
  type AdditiveModel,
  type CalibratedKind,
  type CalibratedPair,
  type CalibratedScore,
  type Calibration,
  probability,
  scoreFor,
} from "@monosema/audit";
import { auroc } from "@monosema/bench";
import { additiveFit, type FitInput } from "./additiveFit.js";
import type { LabelledLatents } from "./labelledLatents.js";
import { calibrationError, reliability } from "./scores.js";

/** Which labels a score is the probability of. */
export type ScoreKind = "real" | "atomic";

/** What a model may use. */
interface Given {
  /** What replicas say. */
  readonly replicated: boolean;
  /** Encoder and decoder rows can be compared. */
  readonly sameSpace: boolean;
}

/** Folds of the cross-validation, over settings. */
const FOLDS = 6;
/** Chosen on a first set of settings that takes no further part; from a tenth to ten times as much changes areas by less than .01. */
const PENALTY: FitInput["penalty"] = { ridge: 1, bend: 3, context: 10 };

const isOfReplicas = (name: string): boolean => name.startsWith("replica");
const comparesSpaces = (name: string): boolean => ["gain", "encoderCosine", "median gain"].includes(name);
/** Numbers of the whole dictionary that tell settings, not qualities. */
const leftOut = new Set(["l0"]);
const isUsed = (name: string, { replicated, sameSpace }: Given): boolean =>
  !leftOut.has(name) && (replicated || !isOfReplicas(name)) && (sameSpace || !comparesSpaces(name));

/** Fits all scores, each with its reliability on settings left out. */
export function fitScores(settings: readonly LabelledLatents[], seed: number): Calibration {
  const pairs = [true, false].map((sameSpace) => fittedPair(settings, sameSpace));
  const [within, across] = pairs as [Fitted, Fitted];
  const kind = (name: ScoreKind): CalibratedKind => ({ ...within[name], acrossSpaces: across[name] });
  return {
    made: { settings: settings.length, latents: settings.reduce((sum, { real }) => sum + real.length, 0), seed },
    real: kind("real"),
    atomic: kind("atomic"),
    ranges: rangesOf(settings),
  };
}

type Fitted = Readonly<Record<ScoreKind, CalibratedPair>>;

function fittedPair(settings: readonly LabelledLatents[], sameSpace: boolean): Fitted {
  const [alone, replicated] = [false, true].map((replicated) => {
    const given = { replicated, sameSpace };
    const real = crossValidated(settings, "real", given);
    const atomic = crossValidated(settings, "atomic", given).map((own, i) =>
      leastOf(own, real[i] as readonly number[]),
    );
    return { real: calibrated(settings, "real", given, real), atomic: calibrated(settings, "atomic", given, atomic) };
  }) as [Record<ScoreKind, CalibratedScore>, Record<ScoreKind, CalibratedScore>];
  const pair = (kind: ScoreKind): CalibratedPair => ({ alone: alone[kind], replicated: replicated[kind] });
  return { real: pair("real"), atomic: pair("atomic") };
}

/** Scores of the latents of a dictionary by a calibration; no latent is surer to be one feature alone than to be real. */
export function scores(
  calibration: Pick<Calibration, ScoreKind>,
  kind: ScoreKind,
  replicated: boolean,
  row: LabelledLatents,
): readonly number[] {
  const sameSpace = row.setting.method !== "transcoder";
  const of = (asked: ScoreKind): readonly number[] =>
    scored(scoreFor(calibration[asked], sameSpace, replicated).model, row);
  return kind === "real" ? of("real") : leastOf(of("atomic"), of("real"));
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

/** A model of a score on some settings. */
function fitScore(settings: readonly LabelledLatents[], kind: ScoreKind, given: Given): AdditiveModel {
  const [first] = settings as readonly [LabelledLatents];
  const column = (of: (one: LabelledLatents) => readonly (number | null)[]): Float64Array =>
    Float64Array.from(settings.flatMap(of), (value) => value ?? Number.NaN);
  const constant = (one: LabelledLatents, value: number): number[] => one.real.map(() => value);
  const used = (names: object): string[] => Object.keys(names).filter((name) => isUsed(name, given));
  const total = settings.reduce((sum, { real }) => sum + real.length, 0);
  const roots = settings.reduce((sum, { real }) => sum + Math.sqrt(real.length), 0);
  return additiveFit({
    statistics: Object.fromEntries(
      used(first.statistics).map((name) => [name, column((one) => one.statistics[name] ?? [])]),
    ),
    context: Object.fromEntries(
      used(first.context).map((name) => [name, column((one) => constant(one, one.context[name] ?? Number.NaN))]),
    ),
    labels: Uint8Array.from(settings.flatMap((one) => one[kind])),
    // Large dictionaries count more than small ones, by the root of their size.
    weights: Float64Array.from(settings.flatMap((one) => constant(one, total / roots / Math.sqrt(one.real.length)))),
    penalty: PENALTY,
  });
}

/** Scores of the latents of each setting by a model that was fitted without its fold. */
function crossValidated(
  settings: readonly LabelledLatents[],
  kind: ScoreKind,
  given: Given,
): readonly (readonly number[])[] {
  const models = Array.from({ length: Math.min(FOLDS, settings.length) }, (_, fold) =>
    fitScore(
      settings.filter((_, i) => i % FOLDS !== fold),
      kind,
      given,
    ),
  );
  return settings.map((setting, i) => scored(models[i % FOLDS] as AdditiveModel, setting));
}

function calibrated(
  settings: readonly LabelledLatents[],
  kind: ScoreKind,
  given: Given,
  crossScores: readonly (readonly number[])[],
): CalibratedScore {
  const bins = reliability(
    crossScores.flat(),
    settings.flatMap((setting) => setting[kind]),
  );
  const areas = settings
    .map((setting, i) => auroc(crossScores[i] as readonly number[], Uint8Array.from(setting[kind])))
    .filter((area) => !Number.isNaN(area))
    .sort((a, b) => a - b);
  return {
    model: fitScore(settings, kind, given),
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
