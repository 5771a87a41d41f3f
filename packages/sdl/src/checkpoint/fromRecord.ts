import { FormatError } from "@monosema/tensor";
import { kindOf } from "../activations/table.js";
import { arrayNames } from "../arrays.js";
import { isZeroOutside, supportOf } from "../layers.js";
import type { Model, Weights } from "../model.js";
import { parameterShapes } from "../parameters.js";
import type { Orientation } from "./checkpoint.js";
import { readWeights } from "./readWeights.js";
import type { MonosemaRecord } from "./record.js";
import type { TensorTaker } from "./tensors.js";

/**
 * The model that a record describes: what SAELens' layout adds (zero biases, a broadcast threshold) is taken away again.
 *
 * @throws FormatError `metadata-mismatch` where the tensors are not those of the record
 */
export function fromRecord(
  record: MonosemaRecord,
  tensors: TensorTaker,
  file: string,
  orientation?: Orientation,
): Model {
  const { spec, threshold, inputScaling } = record;
  const mismatch = (tensor: string, wanted: string): FormatError =>
    new FormatError("metadata-mismatch", `${tensor} must ${wanted}, got other values; remove the metadata "monosema"`, {
      file,
      tensor,
    });
  const { weights } = readWeights(tensors, spec, orientation ?? "saelens");
  if (kindOf(spec.activation).running) {
    const broadcast = tensors.array(arrayNames.theta, [spec.nQ]);
    const wanted = threshold ?? Number.NaN;
    if (!broadcast.every((value) => Math.abs(value - wanted) <= 0.01 * wanted)) {
      throw mismatch("threshold", `be ${wanted} everywhere, as the metadata say`);
    }
  }
  const shapes = parameterShapes(spec);
  for (const name of ["encoder", "decoder"] as const) {
    const width = name === "encoder" ? spec.nP : spec.nR;
    if (!isZeroOutside(weights[name], width, supportOf(spec, name)))
      throw mismatch(arrayNames[name], "be zero outside the layers that the metadata name");
  }
  const trained: Partial<Record<keyof Weights, Float32Array>> = {};
  for (const [name, data] of Object.entries(weights) as [keyof Weights, Float32Array][]) {
    if (shapes.has(name)) trained[name] = data;
    else if (name !== "decoder" && !data.every((value) => value === 0))
      throw mismatch(name, "be zero, as the metadata say");
  }
  if (spec.tied) {
    if (!weights.encoder.every((value, i) => Object.is(value, weights.decoder[i])))
      throw mismatch("W_dec", "equal W_enc^T");
    trained.decoder = weights.encoder;
  }
  return { spec, weights: trained as Weights, ...(threshold === undefined ? {} : { threshold }), inputScaling };
}
