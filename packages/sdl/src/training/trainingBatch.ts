import type { Batch } from "../batch.js";
import { scaleSamples } from "../inputScaling.js";
import type { Model } from "../model.js";
import type { SdlSpec } from "../spec.js";
import type { DataScale } from "./options.js";

/**
 * The batch in the units of training.
 *
 * @throws RangeError where the arrays do not have the widths of the spec
 */
export function trainingBatch(spec: SdlSpec, raw: Batch, scale: DataScale, inputScaling: Model["inputScaling"]): Batch {
  const batch = checkedBatch(spec, raw);
  if (scale.input === 1 && scale.target === 1 && inputScaling === "none") return batch;
  const times = (values: Batch["input"], factor: number): Batch["input"] =>
    factor === 1 ? values : values.map((v) => v * factor);
  const input = scaleSamples(inputScaling, Float32Array.from(times(batch.input, scale.input)), spec.nP).scaled;
  return { size: batch.size, input, ...(batch.target ? { target: times(batch.target, scale.target) } : {}) };
}

/** The batch, if its arrays have the widths of the spec. */
function checkedBatch(spec: SdlSpec, batch: Batch): Batch {
  const { size, input, target = input } = batch;
  for (const [name, values, width] of [
    ["input", input, spec.nP],
    ["target", target, spec.nR],
  ] as const) {
    if (values.length !== size * width) {
      throw new RangeError(
        `train: ${name} of a batch must hold ${size} samples of width ${width}, got ${values.length} numbers; ${name === "target" && batch.target === undefined ? "give the source targets" : "check the data"}`,
      );
    }
  }
  return batch;
}
