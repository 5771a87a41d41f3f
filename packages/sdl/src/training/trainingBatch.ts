import type { Batch } from "../batch.js";
import { scaleSamples } from "../inputScaling.js";
import type { SdlSpec } from "../spec.js";
import { scaleColumns } from "./normalisation.js";
import type { TrainOptions } from "./options.js";

/**
 * The batch in the units of training: inputs less their mean, then times the scale, then scaled one by one.
 *
 * @throws RangeError where the arrays do not have the widths of the spec
 */
export function trainingBatch(
  spec: SdlSpec,
  raw: Batch,
  {
    scale = { input: 1, target: 1 },
    inputScaling = "none",
    inputMean,
  }: Pick<TrainOptions, "scale" | "inputScaling" | "inputMean">,
): Batch {
  const batch = checkedBatch(spec, raw);
  if (scale.input === 1 && scale.target === 1 && inputScaling === "none" && inputMean === undefined) return batch;
  const centred = inputMean ? batch.input.map((v, i) => v - (inputMean[i % spec.nP] as number)) : batch.input;
  const scaled = scaleColumns(centred, scale.input);
  const single = scaled instanceof Float32Array ? scaled : Float32Array.from(scaled);
  const input = scaleSamples(inputScaling, single, spec.nP).scaled;
  const target = batch.target ?? (inputMean && batch.input);
  return { size: batch.size, input, ...(target ? { target: scaleColumns(target, scale.target) } : {}) };
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
