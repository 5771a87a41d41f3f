import {
  type AdamState,
  type FileParts,
  FormatError,
  type SafetensorsReader,
  type StoredTensor,
  safetensorsParts,
} from "@monosema/tensor";
import * as z from "zod/mini";
import { parse, problemText } from "../schema.js";
import type { TrainingState } from "../trainingState.js";
import { parseJson } from "./json.js";
import { specFrom } from "./record.js";

/** The two files of a training state; `Tensors` is how the first is held: to be written, or opened. */
export interface TrainingStateFiles<Tensors> {
  /** `training_state.safetensors`: values and moments in the precision of the backend, counters, threshold. */
  readonly tensors: Tensors;
  /** Text of `training_state.json`: the rest. */
  readonly json: string;
}

/** A training state with what its owner kept beside it. */
export interface ReadTrainingState {
  /** The state, bit for bit. */
  readonly state: TrainingState;
  /** What was saved with it. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Writes a state; `extra` is JSON. */
export function writeTrainingState(
  state: TrainingState,
  extra: Readonly<Record<string, unknown>> = {},
): TrainingStateFiles<FileParts> {
  const { step, spec, backend, options, parameters, samplesSince, threshold } = state;
  const tensors: [string, StoredTensor][] = [["samplesSince", stored(samplesSince)]];
  for (const [name, { value, first, second }] of parameters) {
    tensors.push(
      [`${name}.value`, stored(value)],
      [`${name}.first`, stored(first)],
      [`${name}.second`, stored(second)],
    );
  }
  if (threshold !== undefined) tensors.push(["threshold", stored(Float64Array.of(threshold))]);
  const json = { version: 1, step, spec, backend, options, parameters: [...parameters.keys()], extra };
  return { tensors: safetensorsParts(tensors), json: `${JSON.stringify(json, undefined, 2)}\n` };
}

/**
 * Reads a state.
 *
 * @param at - path of a file by its name, for messages
 * @throws FormatError: `not-json` or `bad-state`
 */
export async function readTrainingState(
  { tensors, json }: TrainingStateFiles<SafetensorsReader>,
  at: (name: string) => string,
): Promise<ReadTrainingState> {
  const file = at("training_state.json");
  const refuse = (problem: string): FormatError =>
    new FormatError("bad-state", `${problem}; go back to an older state`, { file });
  const parsed = parse(schema, parseJson(json, file), (problem) => refuse(problemText(problem)));
  const { step, spec, backend, options, parameters, extra } = parsed;
  const numbers = async (name: string): Promise<Float32Array | Float64Array> => {
    const dtype = tensors.tensors.get(name)?.dtype;
    if (dtype !== "F32" && dtype !== "F64") {
      throw refuse(`training_state.safetensors must hold ${name} in floating point, got ${dtype ?? "none"}`);
    }
    return (await tensors.readTensor(name)).data as Float32Array | Float64Array;
  };
  const adam = async (name: string): Promise<AdamState> => ({
    value: await numbers(`${name}.value`),
    first: await numbers(`${name}.first`),
    second: await numbers(`${name}.second`),
  });
  const read = new Map<string, AdamState>();
  for (const name of parameters) read.set(name, await adam(name));
  const state: TrainingState = {
    step,
    spec: specFrom(spec, refuse),
    backend,
    options,
    parameters: read,
    samplesSince: await numbers("samplesSince"),
    ...(tensors.tensors.has("threshold") ? { threshold: (await numbers("threshold"))[0] as number } : {}),
  };
  return { state, extra };
}

const stored = (data: Float32Array | Float64Array): StoredTensor => ({
  dtype: data instanceof Float32Array ? "F32" : "F64",
  shape: [data.length],
  data,
});

const object = z.record(z.string(), z.unknown());
const schema = z.object({
  version: z.literal(1),
  step: z.int().check(z.minimum(0)),
  spec: z.unknown(),
  backend: z.string(),
  options: object,
  parameters: z.array(z.string()),
  extra: object,
});
