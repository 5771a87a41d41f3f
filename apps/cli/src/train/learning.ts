import {
  columnMeans,
  meanToSpread,
  type Normalisation,
  normalisation,
  type SdlSpec,
  type TrainOptions,
} from "@monosema/sdl";
import { sampleRows } from "../data.js";
import type { TrainConfig } from "./config.js";
import type { Pairs } from "./data.js";

/** What decides the steps of a run beside the objective, and what is known of its samples before the first one. */
export interface Learning {
  /** Options of training; the same for the same configuration and rows. */
  readonly options: TrainOptions;
  /** ||mean||^2 / total variance of the inputs. */
  readonly meanToSpread: number;
}

/** Scale, means and options of a run, from its training rows alone. */
export async function learningOf(config: TrainConfig, spec: SdlSpec, { input, target }: Pairs): Promise<Learning> {
  const { steps, seed, lr, clip, schedule, resample, inputScaling } = config;
  const inputs = await sampleRows(input);
  const targets = target && (await sampleRows(target));
  return {
    options: {
      steps,
      seed,
      optimizer: { lr, ...(clip === undefined ? {} : { clip }) },
      schedule,
      reportEvery: Math.max(1, Math.round(steps / 100)),
      init: { decoderBias: "mean" },
      inputScaling,
      ...(resample === undefined ? {} : { resampling: { every: resample } }),
      ...normalised(config, spec, inputs, targets),
    },
    meanToSpread: meanToSpread(inputs, spec.nP),
  };
}

function normalised(
  { normalize }: TrainConfig,
  spec: SdlSpec,
  inputs: Float32Array,
  targets: Float32Array | undefined,
): Partial<Normalisation> {
  if (normalize !== "none") return normalisation(normalize === "rms" ? "rms" : "meanNorm", spec, inputs, targets);
  return spec.biases.decoder ? { mean: columnMeans(targets ?? inputs, spec.nR) } : {};
}
