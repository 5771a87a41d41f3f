import type { SdlSpec } from "../spec.js";
import type { TrainOptions } from "./options.js";
import { validateSchedule } from "./schedule.js";

/**
 * Refuses training options that cannot work.
 *
 * @throws RangeError that names the option
 */
export function validateOptions(spec: SdlSpec, options: TrainOptions): void {
  const { steps, reportEvery, checkpoint, resampling, deadWindow, schedule = {} } = options;
  const { scale, optimizer = {}, inputScaling = "none" } = options;
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
  validateSchedule(schedule, spec);
  if (scale && spec.variant !== "transcoder" && scale.input !== scale.target) {
    throw new RangeError(
      `train: scale.input and scale.target must be equal for a ${spec.variant}, got ${scale.input} and ${scale.target}; use one factor`,
    );
  }
  if (spec.tied && scale && scale.input !== 1) {
    throw new RangeError(
      `train: tied weights cannot fold a data scale, got ${scale.input}; scale the data yourself or untie`,
    );
  }
  if (inputScaling !== "none" && spec.variant === "transcoder") {
    throw new RangeError(
      `train: inputScaling is for models whose target is their input, got ${inputScaling} for a transcoder; use none`,
    );
  }
}
