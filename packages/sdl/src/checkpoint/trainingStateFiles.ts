import { type AdamState, FormatError, readSafetensors, type StoredTensor, writeSafetensors } from "@monosema/tensor";
import * as z from "zod/mini";
import { parse, problemText } from "../schema.js";
import type { TrainingState } from "../trainingState.js";
import { parseJson } from "./json.js";
import { specFrom } from "./record.js";

/** The two files of a training state. */
export interface TrainingStateFiles {
  /** Bytes of `training_state.safetensors`: values and moments in the precision of the backend, counters, threshold. */
  readonly tensors: Uint8Array;
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
): TrainingStateFiles {
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
  return { tensors: writeSafetensors(tensors), json: `${JSON.stringify(json, undefined, 2)}\n` };
}

/**
 * Reads a state.
 *
 * @param at - path of a file by its name, for messages
 * @throws FormatError: `not-json`, `bad-state`, or a code of {@link readSafetensors}
 */
export function readTrainingState(files: TrainingStateFiles, at: (name: string) => string): ReadTrainingState {
  const file = at("training_state.json");
  const refuse = (problem: string): FormatError =>
    new FormatError("bad-state", `${problem}; go back to an older state`, { file });
  const parsed = parse(schema, parseJson(files.json, file), (problem) => refuse(problemText(problem)));
  const { step, spec, backend, options, parameters, extra } = parsed;
  const { tensors } = readSafetensors(files.tensors, at("training_state.safetensors"));
  const numbers = (name: string): Float32Array | Float64Array => {
    const data = tensors.get(name)?.data;
    if (data instanceof Float32Array || data instanceof Float64Array) return data;
    throw refuse(
      `training_state.safetensors must hold ${name} in floating point, got ${tensors.get(name)?.dtype ?? "none"}`,
    );
  };
  const adam = (name: string): AdamState => ({
    value: numbers(`${name}.value`),
    first: numbers(`${name}.first`),
    second: numbers(`${name}.second`),
  });
  const state: TrainingState = {
    step,
    spec: specFrom(spec, refuse),
    backend,
    options,
    parameters: new Map(parameters.map((name) => [name, adam(name)])),
    samplesSince: numbers("samplesSince"),
    ...(tensors.has("threshold") ? { threshold: numbers("threshold")[0] as number } : {}),
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
