import type { Backend } from "@monosema/tensor";
import type { BatchSource } from "../batch.js";
import type { Model } from "../model.js";
import type { SdlSpec } from "../spec.js";
import { specWarnings } from "../specWarnings.js";
import { validateSpec } from "../validateSpec.js";
import { refuseDivergence, refuseNotFinite } from "./divergence.js";
import { identityOf, refuseOther } from "./identity.js";
import type { Measured } from "./measure.js";
import type { TrainOptions } from "./options.js";
import type { TrainReport } from "./report.js";
import { openRun } from "./run.js";
import { scheduled } from "./schedule.js";
import { validateOptions } from "./validateOptions.js";

/**
 * Trains a dictionary, step by step; yields a report every `reportEvery` steps and after the last step, which
 * carries the model. The same spec, source, options and backend give the same bits, also when resumed.
 *
 * @param backend - the kernels; stays open
 * @param spec - the objective
 * @param source - batches as a function of the step
 * @throws RangeError for options that cannot work; DivergenceError when a loss, gradient or parameter is not finite or the loss
 * exceeds 100 times the mean squared target; the signal's reason when aborted
 */
export async function* train(
  backend: Backend,
  spec: SdlSpec,
  source: BatchSource,
  options: TrainOptions,
): AsyncGenerator<TrainReport, void, void> {
  validateSpec(spec);
  const { steps, resume, signal, checkpoint, resampling, schedule = {}, optimizer = {} } = options;
  const { reportEvery = Math.max(1, Math.round(steps / 20)) } = options;
  const planned = steps * source.batchSize;
  const deadWindow = deadWindowOf(options, planned);
  validateOptions(spec, source, options);
  const identity = identityOf(backend, spec, source, options, deadWindow);
  if (resume) refuseOther(resume, backend, identity);

  const first = (resume?.step ?? 0) + 1;
  const started = performance.now();
  let breathed = started;
  let saved = started;
  let good = first - 1;
  let warnings = specWarnings(spec, options);
  let stalled = false;
  let silent = false;
  const run = await openRun(backend, spec, source, options, deadWindow, identity);
  try {
    if (first > steps) {
      const state = await run.state(steps);
      yield { ...finished(steps, planned, await run.deadFraction()), model: run.model(state) };
      return;
    }
    for (let t = first; t <= steps; t++) {
      const made = source.batch(t);
      const last = t === steps;
      const reporting = last || t % reportEvery === 0;
      const measured = await run.step(t, made instanceof Promise ? await made : made, reporting);
      if (resampling && t % resampling.every === 0 && t <= (resampling.until ?? steps) && !last)
        await run.resampleDead(t);
      if (measured) {
        refuseDivergence(measured, good, t);
        good = t;
      }
      const aborted = signal?.aborted ?? false;
      const overdue = performance.now() - saved >= 1000 * (checkpoint?.seconds ?? Number.POSITIVE_INFINITY);
      const saving = checkpoint !== undefined && (aborted || last || overdue || t % checkpoint.every === 0);
      const state = saving || last ? await run.state(t) : undefined;
      if (state) refuseNotFinite(state, good);
      if (checkpoint && saving && state) {
        await checkpoint.save(state, run.model(state));
        saved = performance.now();
      }
      if (measured) {
        const { fvu, l0 } = measured;
        if (!silent && l0 === 0) {
          silent = true;
          warnings = [...warnings, nothingActive(t)];
        }
        if (!stalled && t >= steps / 4 && fvu !== null && fvu > 0.9) {
          stalled = true;
          warnings = [...warnings, noLearning(fvu, t, steps)];
        }
        const seconds = (performance.now() - started) / 1000;
        yield {
          step: t,
          steps,
          samplesSeen: t * source.batchSize,
          loss: lossOf(measured),
          terms: Object.fromEntries(measured.terms),
          fvu,
          l0,
          deadFraction: await run.deadFraction(),
          gradientNorm: measured.gradientNorm,
          lr: scheduled(schedule, spec, optimizer.lr ?? 3e-3, t, steps).lr,
          seconds,
          samplesPerSecond: ((t - first + 1) * source.batchSize) / seconds,
          warnings,
          ...(last && state ? { model: run.model(state) } : {}),
        };
        warnings = [];
      }
      if (aborted && !last) throw signal?.reason;
      // Timers, signals and the page get their turn a few times a second.
      if (performance.now() - breathed > 50) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        breathed = performance.now();
      }
    }
  } finally {
    run.dispose();
  }
}

/** A trained dictionary with all reports of its run. */
export interface Fitted {
  /** The dictionary. */
  readonly model: Model;
  /** All reports in order. */
  readonly reports: readonly TrainReport[];
}

/** Runs {@link train} to its end. */
export async function fit(
  backend: Backend,
  spec: SdlSpec,
  source: BatchSource,
  options: TrainOptions,
): Promise<Fitted> {
  const reports: TrainReport[] = [];
  for await (const report of train(backend, spec, source, options)) reports.push(report);
  const model = reports.at(-1)?.model;
  if (model === undefined) throw new Error("internal: the last report carries no model");
  return { model, reports };
}

const lossOf = ({ terms }: Measured): number => [...terms.values()].reduce((a, b) => a + b, 0);

/** The saved run's, so that more steps change nothing of it; by default a tenth of the planned samples. */
const deadWindowOf = ({ deadWindow, resume }: TrainOptions, planned: number): number =>
  deadWindow ?? (resume?.options.deadWindow as number | undefined) ?? Math.min(1e7, Math.ceil(planned / 10));

const nothingActive = (t: number): string =>
  `nothing is active: no sample of step ${t} activates a latent; try less sparsity pressure, or check the data`;

const noLearning = (fvu: number, t: number, steps: number): string =>
  `no learning: fvu is ${fvu.toFixed(3)} after ${t} of ${steps} steps; try a lower learning rate with warm-up, or less sparsity pressure`;

const finished = (steps: number, samplesSeen: number, deadFraction: number): TrainReport => ({
  step: steps,
  steps,
  samplesSeen,
  loss: Number.NaN,
  terms: {},
  fvu: Number.NaN,
  l0: Number.NaN,
  deadFraction,
  gradientNorm: Number.NaN,
  lr: 0,
  seconds: 0,
  samplesPerSecond: 0,
  warnings: ["nothing to do: the resumed state has all its steps"],
});
