import { algebra, type Backend, type Tensor } from "@monosema/tensor";
import type { Batch } from "../batch.js";
import { fractionUnexplained } from "../fractionUnexplained.js";
import type { Evaluated } from "../objective.js";
import type { Parameters } from "../parameters.js";
import type { SdlSpec } from "../spec.js";

/** Numbers of one step, read back at reports only. */
export interface Measured {
  /** Value of each loss term. */
  readonly terms: ReadonlyMap<string, number>;
  /** Global gradient norm before clipping. */
  readonly gradientNorm: number;
  /** Mean active latents per sample. */
  readonly l0: number;
  /** sum ||x_r - x_hat||^2 / sum ||x_r - mean||^2 over the batch; null for targets without variance. */
  readonly fvu: number | null;
  /** Loss of an all-zero reconstruction: the mean of ||x_r||^2 over samples, with the reduction `mean` also over dimensions. */
  readonly targetPower: number;
  /** First parameter that is not finite, where there is one. */
  readonly notFinite?: string;
}

/** Scalars of one step on the backend, by name. */
export type MeasuredTensors = Readonly<Record<string, Tensor>>;

/** The numbers of an evaluated step, still on the backend. */
export function measurements(backend: Backend, done: Evaluated): MeasuredTensors {
  const { abs, square, step, sum } = algebra(backend);
  return {
    active: sum(step(abs(done.activations))),
    squaredError: sum(square(done.error)),
    ...Object.fromEntries([...done.values()].map(([name, value]) => [`term:${name}`, value])),
  };
}

/** One sum per parameter: not finite exactly when (overflow aside) an entry is not. */
export function finiteSums(backend: Backend, parameters: Parameters): MeasuredTensors {
  return Object.fromEntries(Object.entries(parameters).map(([name, p]) => [`parameter:${name}`, backend.sum(p.value)]));
}

/** Reads and frees the scalars of a step. */
export async function readMeasured(
  backend: Backend,
  spec: SdlSpec,
  batch: Batch,
  tensors: MeasuredTensors,
): Promise<Measured> {
  const numbers = new Map<string, number>();
  for (const [name, tensor] of Object.entries(tensors)) numbers.set(name, (await backend.read(tensor))[0] as number);
  backend.dispose(...Object.values(tensors));
  const of = (prefix: string): [string, number][] =>
    [...numbers].flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : []));
  const { power, variance } = targetMoments(batch.target ?? batch.input, spec.nR);
  const squaredError = numbers.get("squaredError") as number;
  const notFinite = of("parameter:").find(([, sum]) => !Number.isFinite(sum))?.[0];
  return {
    terms: new Map(of("term:")),
    gradientNorm: numbers.get("gradientNorm") ?? Number.NaN,
    l0: (numbers.get("active") as number) / batch.size,
    fvu: fractionUnexplained(squaredError, variance, power),
    targetPower: power / (spec.reduction === "sum" ? batch.size : batch.size * spec.nR),
    ...(notFinite ? { notFinite } : {}),
  };
}

/** Sums of squares about zero and about the mean. */
interface Moments {
  readonly power: number;
  readonly variance: number;
}

function targetMoments(target: Batch["input"], nR: number): Moments {
  const moments = momentsOf(target, nR);
  if (moments.variance > 1e-6 * moments.power) return moments;
  // Far from zero the difference of the two sums has lost its digits: once more about the first sample.
  const near = target.map((value, i) => value - (target[i % nR] as number));
  return { power: moments.power, variance: momentsOf(near, nR).variance };
}

function momentsOf(rows: Batch["input"], width: number): Moments {
  const sums = new Float64Array(width);
  let power = 0;
  rows.forEach((value, i) => {
    power += value * value;
    sums[i % width] = (sums[i % width] as number) + value;
  });
  return { power, variance: power - sums.reduce((total, sum) => total + sum * sum, 0) / (rows.length / width) };
}
