import { kindOf } from "../activations/table.js";
import { trainingRule } from "../activations/trainingRule.js";
import type { BatchSource } from "../batch.js";
import type { SdlSpec } from "../spec.js";
import { transcodes } from "../transcodes.js";
import { absorbsInputMean } from "./normalisation.js";
import type { TrainOptions } from "./options.js";
import { validateSchedule } from "./schedule.js";

/**
 * Refuses training options that cannot work.
 *
 * @throws RangeError that names the option
 */
export function validateOptions(spec: SdlSpec, { batchSize }: BatchSource, options: TrainOptions): void {
  const { steps, reportEvery, checkpoint, resampling, deadWindow, schedule = {} } = options;
  const { scale, optimizer = {}, inputScaling = "none", inputMean } = options;
  const whole = (name: string, value: number | undefined): void => {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`train: ${name} must be a whole number of at least 1, got ${value}; correct it`);
    }
  };
  whole("steps", steps);
  whole("reportEvery", reportEvery);
  whole("checkpoint.every", checkpoint?.every);
  whole("resampling.every", resampling?.every);
  whole("deadWindow", deadWindow);
  for (const [name, value] of Object.entries(optimizer)) {
    const decays = name === "beta1" || name === "beta2";
    if (decays ? !(value >= 0 && value < 1) : !(value > 0)) {
      throw new RangeError(
        `train: optimizer.${name} must be ${decays ? "in [0, 1)" : "above 0"}, got ${value}; correct it`,
      );
    }
  }
  if (checkpoint?.seconds !== undefined && !(checkpoint.seconds > 0)) {
    throw new RangeError(`train: checkpoint.seconds must be above 0, got ${checkpoint.seconds}; leave it out for none`);
  }
  trainingRule(spec.activation);
  const k = kindOf(spec.activation).count?.(spec.activation) ?? 1;
  if (k * batchSize < 1) {
    throw new RangeError(
      `train: k times the batch must select at least one pair, got ${k} times ${batchSize}; raise k or the batch`,
    );
  }
  validateSchedule(schedule, spec);
  for (const [name, width] of [
    ["input", spec.nP],
    ["target", spec.nR],
  ] as const) {
    const factor = scale?.[name] ?? 1;
    if (typeof factor === "number" || (spec.layers && factor.length === width)) continue;
    throw new RangeError(
      `train: scale.${name} must be one factor, or for a cross-layer transcoder one for each of ${width} columns, got ${factor.length} factors for a ${spec.variant}; use one`,
    );
  }
  if (scale && !transcodes(spec) && scale.input !== scale.target) {
    throw new RangeError(
      `train: scale.input and scale.target must be equal for a ${spec.variant}, got ${scale.input} and ${scale.target}; use one factor`,
    );
  }
  if (spec.tied && scale && scale.input !== 1) {
    throw new RangeError(
      `train: tied weights cannot fold a data scale, got ${scale.input}; scale the data yourself or untie`,
    );
  }
  if (inputMean && !(absorbsInputMean(spec) && inputMean.length === spec.nP)) {
    throw new RangeError(
      `train: inputMean must hold nP = ${spec.nP} numbers, for a transcoder with b_enc (with a skip also b_dec), got ${inputMean.length} for a ${spec.variant} with biases ${JSON.stringify(spec.biases)}; leave it out`,
    );
  }
  if (inputScaling !== "none" && scale && scale.input !== 1) {
    throw new RangeError(
      `train: a scale cannot be folded behind inputScaling, which undoes it, got ${scale.input} with ${inputScaling}; leave one out`,
    );
  }
  if (inputScaling !== "none" && transcodes(spec)) {
    throw new RangeError(
      `train: inputScaling is for models whose target is their input, got ${inputScaling} for a ${spec.variant}; use none`,
    );
  }
}
