import { type AdamState, algebra, type Backend, type Tensor } from "@monosema/tensor";
import { kindOf } from "../activations/table.js";
import type { Batch, BatchSource } from "../batch.js";
import type { Model, Weights } from "../model.js";
import { type Evaluated, objective } from "../objective.js";
import { disposeParameters, openParameters, readParameters, weightsOf } from "../parameters.js";
import type { SdlSpec } from "../spec.js";
import type { Term } from "../terms/term.js";
import { termsOf } from "../terms/termsOf.js";
import type { TrainingState } from "../trainingState.js";
import { initialWeights, normaliseRows } from "./initialise.js";
import { finiteSums, type Measured, measurements, readMeasured } from "./measure.js";
import { foldScale, foldShift, inverse, scaleColumns } from "./normalisation.js";
import type { AdamOptions, DataScale, ExtraTerm, TrainOptions } from "./options.js";
import { resample, type Scored } from "./resample.js";
import { scheduled } from "./schedule.js";
import { trainingBatch } from "./trainingBatch.js";

/** A training run on a backend: parameters, counters, and the step. */
export interface Run {
  /** One optimiser step on a batch; measures it where asked. */
  step(t: number, batch: Batch, measure: boolean): Promise<Measured | undefined>;
  /** Replaces dead latents; scored on the batches up to step t. */
  resampleDead(t: number): Promise<void>;
  /** Share of latents not active for `deadWindow` samples. */
  deadFraction(): Promise<number>;
  /** Everything that resuming needs after step t. */
  state(t: number): Promise<TrainingState>;
  /** The dictionary after the last step, in original units. */
  model(state: TrainingState): Model;
  /** Frees everything. */
  dispose(): void;
}

/** Opens a run at its start or at `options.resume`; `identity` is what states are compared by. */
export async function openRun(
  backend: Backend,
  spec: SdlSpec,
  source: BatchSource,
  options: TrainOptions,
  deadWindow: number,
  identity: Readonly<Record<string, unknown>>,
): Promise<Run> {
  const {
    seed = 0,
    steps,
    schedule = {},
    optimizer = {},
    scale = { input: 1, target: 1 },
    inputScaling = "none",
    inputMean,
    resume,
  } = options;
  const adam: Required<Omit<AdamOptions, "clip">> = { lr: 3e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...optimizer };
  const prepared = (batch: Batch): Batch => trainingBatch(spec, batch, options);
  const extras = options.terms ?? [];

  const states = resume?.parameters ?? (await startStates(spec, prepared, source, options, seed));
  const parameters = openParameters(backend, spec, states);
  const terms = openTerms(backend, spec, extras, () => disposeParameters(backend, spec, parameters));
  let samplesSince = backend.tensor(resume?.samplesSince ?? new Float32Array(spec.nQ), [spec.nQ]);
  const { activation } = spec;
  const { running } = kindOf(activation);
  let threshold = running && backend.tensor(new Float64Array([resume?.threshold ?? 0]), []);

  const evaluate = (t: number, batch: Batch, k: number | undefined, ramp: number): Evaluated => {
    const input = backend.tensor(batch.input, [batch.size, spec.nP]);
    const target = batch.target ? backend.tensor(batch.target, [batch.size, spec.nR]) : input;
    const dead = spec.terms.auxK ? deadMask(backend, samplesSince, deadWindow) : undefined;
    return objective(backend, spec, parameters, terms, {
      input,
      target,
      ...(dead ? { dead } : {}),
      step: t,
      steps,
      ramp,
      ...(k === undefined ? {} : { k }),
    });
  };

  return {
    async step(t, raw, measure) {
      const batch = prepared(raw);
      const { lr, ramp, k } = scheduled(schedule, spec, adam.lr, t, steps);
      const made = backend.scope(() => {
        const done = evaluate(t, batch, k, ramp);
        const measured = measure ? measurements(backend, done) : {};
        const norm = backend.update(done.updates, {
          t,
          ...adam,
          lr,
          ...(optimizer.clip ? { clip: optimizer.clip } : {}),
          norm: measure,
        });
        return {
          since: backend.fired(done.activations, samplesSince),
          ...(running && threshold && done.smallest
            ? { threshold: running.move(backend, activation, threshold, done.smallest) }
            : {}),
          ...(measure
            ? { measured: { ...measured, ...(norm ? { gradientNorm: norm } : {}), ...finiteSums(backend, parameters) } }
            : {}),
        };
      });
      backend.dispose(samplesSince);
      samplesSince = made.since;
      if (threshold && made.threshold) {
        backend.dispose(threshold);
        threshold = made.threshold;
      }
      return made.measured ? readMeasured(backend, spec, batch, made.measured) : undefined;
    },

    async resampleDead(t) {
      if (options.resampling === undefined) return;
      const anchored = Math.max(0, ...extras.map((extra) => extra.anchored ?? 0));
      const since = await backend.read(samplesSince);
      const dead = Int32Array.from(since.keys()).filter((i) => i >= anchored && (since[i] as number) >= deadWindow);
      if (dead.length === 0) return;
      const wanted = Math.ceil((options.resampling.samples ?? 8192) / source.batchSize);
      const scored: Scored[] = [];
      for (let s = t; s > Math.max(0, t - wanted); s--) {
        const batch = prepared(await source.batch(s));
        const { k, ramp } = scheduled(schedule, spec, adam.lr, t, steps);
        const residual = backend.scope(() => algebra(backend).mul(evaluate(t, batch, k, ramp).error, -1));
        scored.push({ batch, residual: await backend.read(residual) });
        backend.dispose(residual);
      }
      const replaced = await resample(backend, spec, parameters, dead, scored, options.resampling, { seed, step: t });
      for (const i of replaced) since[i] = 0;
      backend.dispose(samplesSince);
      samplesSince = backend.tensor(since, [spec.nQ]);
    },

    async deadFraction() {
      const since = await backend.read(samplesSince);
      return since.filter((count) => count >= deadWindow).length / spec.nQ;
    },

    async state(t) {
      return {
        step: t,
        spec,
        backend: backend.name,
        options: identity,
        parameters: await readParameters(backend, spec, parameters),
        samplesSince: await backend.read(samplesSince),
        ...(threshold ? { threshold: (await backend.read(threshold))[0] as number } : {}),
      };
    },

    model: (state) => ({
      spec,
      weights: inOriginalUnits(spec, weightsOf(spec, state.parameters), scale, inputMean),
      ...(state.threshold ? { threshold: state.threshold } : {}),
      inputScaling,
    }),

    dispose() {
      for (const term of terms) term.dispose?.();
      disposeParameters(backend, spec, parameters);
      backend.dispose(samplesSince);
      if (threshold) backend.dispose(threshold);
    },
  };
}

/** All terms of the run; where one cannot be opened, those before it are freed and `undo` runs. */
function openTerms(backend: Backend, spec: SdlSpec, extras: readonly ExtraTerm[], undo: () => void): readonly Term[] {
  const terms = [...termsOf(spec)];
  try {
    for (const extra of extras) terms.push(extra.open(backend, spec));
  } catch (error) {
    for (const term of terms) term.dispose?.();
    undo();
    throw error;
  }
  return terms;
}

async function startStates(
  spec: SdlSpec,
  prepared: (batch: Batch) => Batch,
  source: BatchSource,
  { weights: given, init = {}, mean, terms = [], scale, inputMean }: TrainOptions,
  seed: number,
): Promise<ReadonlyMap<string, Pick<AdamState, "value">>> {
  const first = prepared(await source.batch(1));
  const scaledMean = mean && scaleColumns(mean, scale?.target ?? 1);
  const weights = given
    ? inTrainingUnits(spec, copied(spec, given), scale, inputMean)
    : initialWeights(spec, seed, init, first, scaledMean);
  for (const term of terms) term.initialise?.(weights, spec);
  if (spec.unitNormDecoder) normaliseRows(weights.decoder, spec.nR); // also given and anchored rows
  return new Map(Object.entries(weights).map(([name, value]) => [name, { value }]));
}

/** Terms change the weights of step 0 in place; the caller's stay as they are. */
const copied = (spec: SdlSpec, weights: Weights): Weights =>
  weightsOf(spec, new Map(Object.entries(weights).map(([name, value]) => [name, { value }])));

const inOriginalUnits = (
  { activation }: SdlSpec,
  weights: Weights,
  scale: DataScale,
  inputMean: TrainOptions["inputMean"],
): Weights => {
  const scaled = foldScale(weights, scale);
  return inputMean ? foldShift(activation, scaled, inputMean) : scaled;
};

const inTrainingUnits = (
  { activation }: SdlSpec,
  weights: Weights,
  scale: DataScale | undefined,
  inputMean: TrainOptions["inputMean"],
): Weights => {
  const shifted = inputMean
    ? foldShift(
        activation,
        weights,
        inputMean.map((value) => -value),
      )
    : weights;
  return scale ? foldScale(shifted, { input: inverse(scale.input), target: inverse(scale.target) }) : shifted;
};

/** 1 for latents that were not active in the last `deadWindow` samples, `[Q]`. */
function deadMask(backend: Backend, samplesSince: Tensor, deadWindow: number): Tensor {
  const { step, sub } = algebra(backend);
  return step(sub(samplesSince, deadWindow - 0.5));
}
