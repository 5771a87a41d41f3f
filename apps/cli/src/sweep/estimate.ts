import { parameterShapes, type SdlSpec } from "@monosema/sdl";
import type { TrainingData } from "../train/data.js";

/** Bytes of a number. */
const word = 4;
/** Bytes of Node with the program and its kernels, as measured. */
const program = 160 * 2 ** 20;
/** Bytes of data that are held in memory; beyond them they stream. */
const held = 2 ** 30;
/** A parameter on the backend: its value and two moments; as many again while a state is written. */
const copies = 6;

/** What the runs of a sweep need, from the shapes of their arrays. */
export interface Estimate {
  /** Bytes of memory of the largest run. */
  readonly memory: number;
  /** Bytes of all checkpoints, and of the states of those that run at a time. */
  readonly disk: number;
}

/** Estimates memory and disk. */
export function estimate(specs: readonly SdlSpec[], data: TrainingData, workers: number): Estimate {
  const models = specs.map(bytesOf);
  const largest = Math.max(0, ...models);
  return { memory: memoryOf(data, largest), disk: sum(models) + 3 * 2 * workers * largest };
}

/** Bytes of memory of runs that go on together. */
export const memoryOfAll = (specs: readonly SdlSpec[], data: TrainingData): number =>
  memoryOf(data, sum(specs.map(bytesOf)));

/** Bytes for a person. */
export const bytesText = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.max(1, Math.round(bytes / 2 ** 20))} MiB`;

/** Bytes of memory with parameters of so many bytes. */
const memoryOf = ({ input, target }: TrainingData, parameters: number): number =>
  program + Math.min(word * input.rows * (input.columns + (target?.columns ?? 0)), held) + copies * parameters;

const bytesOf = (spec: SdlSpec): number =>
  word * sum([...parameterShapes(spec).values()].map((shape) => shape.reduce((a, b) => a * b, 1)));

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
