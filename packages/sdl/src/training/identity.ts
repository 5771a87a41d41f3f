import type { Backend } from "@monosema/tensor";
import { kindOf } from "../activations/table.js";
import type { BatchSource } from "../batch.js";
import { checksum } from "../checksum.js";
import type { SdlSpec } from "../spec.js";
import type { TrainingState } from "../trainingState.js";
import type { DataScale, TrainOptions } from "./options.js";

/** What must be equal, beside the backend, for a resumed run to go on as if it had never stopped. */
export function identityOf(
  { tier, arithmetic }: Backend,
  spec: SdlSpec,
  source: BatchSource,
  options: TrainOptions,
  deadWindow: number,
): Readonly<Record<string, unknown>> {
  const {
    steps,
    seed = 0,
    optimizer = {},
    schedule = {},
    init = {},
    resampling,
    scale,
    inputScaling = "none",
    inputMean,
    terms = [],
  } = options;
  const value = {
    spec,
    steps,
    seed,
    optimizer,
    schedule,
    init,
    resampling: resampling ?? null,
    scale: scale ? { input: written(scale.input), target: written(scale.target) } : null,
    inputScaling,
    ...(inputMean ? { inputMean: checksum(inputMean) } : {}),
    deadWindow,
    batchSize: source.batchSize,
    samples: source.samples ?? null,
    arithmetic,
    ...(tier === undefined || kindOf(spec.activation).sameBits ? {} : { tier }),
    terms: terms.map(({ name, options: own }) => ({ name, ...own })),
  };
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

/** A factor, or the checksum of one for each column. */
const written = (factor: DataScale["input"]): number | string =>
  typeof factor === "number" ? factor : checksum(factor);

/**
 * Refuses to resume a state of another run; more steps than it planned are the same run.
 *
 * @throws RangeError that names what differs
 */
export function refuseOther(
  resume: TrainingState,
  backend: Backend,
  identity: Readonly<Record<string, unknown>>,
): void {
  if (resume.backend !== backend.name) {
    throw new RangeError(
      `train: this state was saved on the backend ${resume.backend}, got ${backend.name}; resume with that backend`,
    );
  }
  for (const key of Object.keys(identity)) {
    if (key === "steps" && Number(identity.steps) > Number(resume.options.steps)) continue;
    if (key === "arithmetic" && resume.options[key] !== identity[key]) {
      throw new RangeError(
        `train: this state was computed with ${String(resume.options[key])} products and sums, got a processor or engine with ${String(identity[key])} ones, whose steps differ in the last bits; resume on one like that, or start anew from the saved weights`,
      );
    }
    const [saved, now] = [JSON.stringify(resume.options[key]), JSON.stringify(identity[key])];
    if (saved !== now) {
      throw new RangeError(
        `train: resuming needs the ${key} of the saved run, ${saved}, got ${now}; use the same or start anew`,
      );
    }
  }
}
