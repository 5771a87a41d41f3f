import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ByteSource, FormatError, openSafetensors, readText } from "@monosema/tensor";
import { type FileContent, nodeFileSystem, withFile, writeFolderAtomic } from "@monosema/tensor/node";
import { kindOf } from "../../activations/table.js";
import type { Model } from "../../model.js";
import type { TrainingState } from "../../trainingState.js";
import { writeSaelens } from "../saelens.js";
import { type ReadTrainingState, readTrainingState, writeTrainingState } from "../trainingStateFiles.js";
import type { SaveOptions } from "./saveCheckpoint.js";

/** Options of {@link saveTrainingState}. */
export interface SaveTrainingStateOptions extends SaveOptions {
  /** What the owner of the run needs beside the state, as JSON. Default: nothing. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Result of {@link loadTrainingState}. */
export interface SavedTrainingState {
  /** The state, bit for bit. */
  readonly state: TrainingState;
  /** What was saved with it. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** Folder of this state. */
  readonly folder: string;
  /** Newer states that could not be read, and why. */
  readonly warnings: readonly string[];
}

/**
 * Saves a state as `<folder>/states/step-<step>/`, with the dictionary as a checkpoint beside it (one with a running threshold from
 * its first value on). The folder appears complete or not at all; then the other states of this run are removed. A kill at any
 * moment leaves a complete state.
 *
 * @throws Error that names the path and the cause, such as a full disk; the older state is still there
 */
export async function saveTrainingState(
  folder: string,
  state: TrainingState,
  model: Model,
  { fs = nodeFileSystem, extra = {} }: SaveTrainingStateOptions = {},
): Promise<void> {
  const { tensors, json } = writeTrainingState(state, extra);
  const files = new Map<string, FileContent>([
    ["training_state.safetensors", tensors.parts],
    ["training_state.json", encode(json)],
  ]);
  if (!kindOf(model.spec.activation).running || (model.threshold ?? 0) > 0) {
    for (const [name, content] of writeSaelens(model).files) files.set(name, content);
  }
  const states = join(folder, "states");
  const name = `step-${String(state.step).padStart(9, "0")}`;
  await writeFolderAtomic(join(states, name), files, fs);
  for (const entry of await readdir(states)) {
    if (entry.startsWith("step-") && entry !== name) await fs.remove(join(states, entry));
  }
}

/**
 * Loads the newest complete state of a run, bit for bit; leftovers of a killed writer are passed over. Changes nothing on disk.
 *
 * @param folder - the folder that {@link saveTrainingState} was given
 * @returns the state, or undefined where none was ever saved
 * @throws FormatError of the newest state where states are there but none can be read
 */
export async function loadTrainingState(folder: string): Promise<SavedTrainingState | undefined> {
  const states = join(folder, "states");
  const failures: Error[] = [];
  for (const entry of await stateFolders(states)) {
    try {
      const read = await readFolder(join(states, entry));
      return {
        ...read,
        folder: join(states, entry),
        warnings: failures.map(({ message }) => `passed over: ${message}`),
      };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      failures.push(error);
    }
  }
  if (failures[0]) throw failures[0];
  return undefined;
}

/** State folders, newest first. One that a writer was killed in the middle of replacing counts after its replacement. */
async function stateFolders(states: string): Promise<string[]> {
  const entries = await readdir(states).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries
    .flatMap((entry) => {
      const match = /^step-(\d+)(\.monosema-old)?$/.exec(entry);
      return match ? [{ entry, step: Number(match[1]), isOld: match[2] !== undefined }] : [];
    })
    .sort((a, b) => b.step - a.step || Number(a.isOld) - Number(b.isOld))
    .map(({ entry }) => entry);
}

async function readFolder(folder: string): Promise<ReadTrainingState> {
  const at = (name: string): string => join(folder, name);
  const read = <T>(name: string, use: (source: ByteSource) => Promise<T>): Promise<T> =>
    withFile(at(name), use, at(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      const message = "a training state must hold this file, got none; go back to an older state";
      throw new FormatError("missing-file", message, { file: at(name) });
    });
  const json = await read("training_state.json", readText);
  return await read("training_state.safetensors", async (source) =>
    readTrainingState({ json, tensors: await openSafetensors(source) }, at),
  );
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
