import type { TrainingState } from "../trainingState.js";
import type { Measured } from "./measure.js";

/** Training stopped because a value is not finite or the loss exploded; what was saved before stays usable. */
export class DivergenceError extends Error {
  /** `DivergenceError`. */
  override readonly name = "DivergenceError";

  /**
   * @param term - what went wrong: a loss term, `gradient`, or a parameter
   * @param fromStep - last step known to be good, 0 at the start
   * @param step - step at which it was seen
   * @param message - cause and advice
   */
  constructor(
    readonly term: string,
    readonly fromStep: number,
    readonly step: number,
    message: string,
  ) {
    super(message);
  }
}

/** A state that cannot be resumed from must not replace one that can. */
export function refuseNotFinite({ parameters, step }: TrainingState, good: number): void {
  for (const [name, { value }] of parameters) {
    if (!value.every(Number.isFinite)) throw notFinite(name, good, step);
  }
}

const advice = "lower the learning rate, clip gradients, or check the data";

const notFinite = (name: string, good: number, t: number): DivergenceError =>
  new DivergenceError(
    name,
    good,
    t,
    `train: parameter ${name} is not finite between step ${good + 1} and ${t}; ${advice}`,
  );

/** Stops a run whose measured step is not finite or has exploded. */
export function refuseDivergence(measured: Measured, good: number, t: number): void {
  const between = `between step ${good + 1} and ${t}`;
  for (const [name, value] of [...measured.terms, ["gradient", measured.gradientNorm] as const]) {
    if (!Number.isFinite(value)) {
      throw new DivergenceError(name, good, t, `train: ${name} became ${value} ${between}; ${advice}`);
    }
  }
  if (measured.notFinite) throw notFinite(measured.notFinite, good, t);
  const reconstruction = measured.terms.get("reconstruction") as number;
  if (measured.targetPower > 0 && reconstruction > 100 * measured.targetPower) {
    throw new DivergenceError(
      "reconstruction",
      good,
      t,
      `train: the reconstruction loss ${reconstruction.toPrecision(4)} exceeded 100 times the mean squared target ${measured.targetPower.toPrecision(4)} ${between}; ${advice}`,
    );
  }
}
