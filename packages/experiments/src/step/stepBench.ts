import { type BatchSource, fit, type SdlSpec, sae } from "@monosema/sdl";
import { type Backend, random } from "@monosema/tensor";
import { timedBackend } from "./timedBackend.js";

/** Shape of the benchmarked step. */
export interface StepShape {
  /** Samples B. */
  readonly batch: number;
  /** Width P = R. */
  readonly dim: number;
  /** Latents Q. */
  readonly latents: number;
  /** Active latents per sample. */
  readonly k: number;
}

/** Spread of a timing in milliseconds. */
export interface Spread {
  /** Median. */
  readonly median: number;
  /** Smallest. */
  readonly min: number;
  /** Largest. */
  readonly max: number;
}

/** Result of {@link stepBench}. */
export interface StepTiming {
  /** One training step: batch upload, forward, gradients, Adam, firing counts. */
  readonly msPerStep: Spread;
  /** Mean milliseconds per step inside each kernel of the backend. */
  readonly phases: Readonly<Record<string, number>>;
  /** Loss before each of the first steps. */
  readonly losses: readonly number[];
}

/** Options of {@link stepBench}. */
export interface StepBenchOptions {
  /** Timed rounds. Default 3. */
  readonly rounds?: number;
  /** Timed steps of a round, after two untimed ones. Default 5. */
  readonly steps?: number;
  /** Train b_enc and b_dec, b_dec subtracted from the input. Default false. */
  readonly biases?: boolean;
}

/**
 * Times the training step of a TopK SAE on Gaussian data, through `train` itself. The median is over the medians of rounds.
 */
export async function stepBench(
  backend: Backend,
  { batch, dim, latents, k }: StepShape,
  { rounds = 3, steps = 5, biases = false }: StepBenchOptions = {},
): Promise<StepTiming> {
  const spec = sae({ nP: dim, nQ: latents, activation: { kind: "topk", k }, biases });
  const stream = random(0, "stepBench");
  const input = Float32Array.from({ length: batch * dim }, () => stream.normal());
  const { reports } = await fit(
    backend,
    spec,
    { batchSize: batch, batch: () => ({ size: batch, input }) },
    { steps: 3, reportEvery: 1 },
  );
  const medians: number[] = [];
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const times = await timedSteps(backend, spec, input, batch, steps);
    all.push(...times);
    medians.push(median(times));
  }
  const timed = timedBackend(backend);
  await timedSteps(timed.backend, spec, input, batch, steps);
  const phases = Object.fromEntries([...timed.milliseconds].map(([name, ms]) => [name, round2(ms / (steps + 2))]));
  return {
    msPerStep: { median: round2(median(medians)), min: round2(Math.min(...all)), max: round2(Math.max(...all)) },
    phases,
    losses: reports.map(({ loss }) => loss),
  };
}

/** Times between the requests for batches, which are the times of steps; the first two steps and the reported last one are left out. */
async function timedSteps(
  backend: Backend,
  spec: SdlSpec,
  input: Float32Array,
  size: number,
  steps: number,
): Promise<number[]> {
  const stamps: number[] = [];
  const source: BatchSource = {
    batchSize: size,
    batch() {
      stamps.push(performance.now());
      return { size, input };
    },
  };
  const total = steps + 3;
  await fit(backend, spec, source, { steps: total, reportEvery: total });
  const perStep = stamps.slice(-total); // the start of the weights asks for a batch too
  return perStep.slice(3).map((stamp, i) => stamp - (perStep[i + 2] as number));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
