import { gaussianSurrogate, permutedSurrogate } from "@monosema/bench";
import {
  arrayRows,
  columnMeans,
  evaluateModel,
  type Model,
  rowBatches,
  sequentialBatches,
  type TrainOptions,
  train,
} from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { LatentTrust } from "./latentTrust.js";
import { scoreLatents } from "./scoreLatents.js";

/** Samples for {@link surrogateTwin}. */
export interface TwinSamples {
  /** `[N, P]`. */
  readonly inputs: Float32Array;
  /** `[N, R]`; default the inputs. */
  readonly targets?: Float32Array;
}

/** Options of {@link surrogateTwin}. */
export interface TwinOptions {
  /** `gaussian` keeps mean and covariance alone, `permuted` the distribution of each dimension alone; default `gaussian`. */
  readonly kind?: "gaussian" | "permuted";
  /** Steps; default 2000. */
  readonly steps?: number;
  /** Samples of a step; default 1024, at most N. */
  readonly batchSize?: number;
  /** Learning rate; default 3e-3. */
  readonly lr?: number;
  /** Of surrogate and training; default 0. */
  readonly seed?: number;
  /** Ends the training. */
  readonly signal?: TrainOptions["signal"];
  /** Called with the number of steps done. */
  readonly onStep?: (step: number) => void;
}

/** A dictionary of samples in which there is nothing to find, and its scores. */
export interface SurrogateTwin {
  /** The dictionary. */
  readonly model: Model;
  /** Its scores on its own samples: what the scores say where no latent is real. */
  readonly trust: LatentTrust;
  /** Fraction of variance unexplained there. */
  readonly fvu: number | null;
  /** Active latents of a sample. */
  readonly l0: number;
}

/**
 * Trains a twin of a dictionary, with its objective, on surrogate samples: whatever its latents look like, none of them is a feature (the
 * random baselines of arXiv 2602.14111). A dictionary whose scores are not far above those of its twin has found nothing that its data's
 * second moments do not give.
 *
 * @throws RangeError where sizes do not fit, or DivergenceError
 */
export async function surrogateTwin(
  backend: Backend,
  { spec, inputScaling }: Model,
  { inputs, targets }: TwinSamples,
  { kind = "gaussian", steps = 2000, batchSize = 1024, lr = 3e-3, seed = 0, signal, onStep }: TwinOptions = {},
): Promise<SurrogateTwin> {
  const { nP, nR } = spec;
  const surrogate = kind === "gaussian" ? gaussianSurrogate : permutedSurrogate;
  const made = targets
    ? apart(surrogate(beside(inputs, targets, nP, nR), nP + nR, seed), nP, nR)
    : { input: surrogate(inputs, nP, seed) };
  const input = arrayRows(made.input, nP);
  const target = "target" in made ? arrayRows(made.target, nR) : undefined;
  const source = rowBatches(input, { batchSize, seed, ...(target ? { target } : {}) });
  let model: Model | undefined;
  for await (const report of train(backend, spec, source, {
    ...{ steps, seed, optimizer: { lr }, inputScaling, ...(signal ? { signal } : {}) },
    ...(spec.biases.decoder
      ? { init: { decoderBias: "mean" }, mean: columnMeans("target" in made ? made.target : made.input, nR) }
      : {}),
  })) {
    model = report.model;
    onStep?.(report.step);
  }
  if (model === undefined) throw new Error("internal: the last report carries no model");
  const trust = await scoreLatents(backend, model, sequentialBatches(input, BATCH, target));
  const { fvu, l0 } = await evaluateModel(backend, model, sequentialBatches(input, BATCH, target));
  return { model, trust, fvu, l0 };
}

const BATCH = 512;

/** Rows of both, one beside the other. */
function beside(inputs: Float32Array, targets: Float32Array, nP: number, nR: number): Float32Array {
  const samples = inputs.length / nP;
  const joined = new Float32Array(samples * (nP + nR));
  for (let row = 0; row < samples; row++) {
    joined.set(inputs.subarray(row * nP, (row + 1) * nP), row * (nP + nR));
    joined.set(targets.subarray(row * nR, (row + 1) * nR), row * (nP + nR) + nP);
  }
  return joined;
}

function apart(joined: Float32Array, nP: number, nR: number) {
  const samples = joined.length / (nP + nR);
  const [input, target] = [new Float32Array(samples * nP), new Float32Array(samples * nR)];
  for (let row = 0; row < samples; row++) {
    const own = joined.subarray(row * (nP + nR), (row + 1) * (nP + nR));
    input.set(own.subarray(0, nP), row * nP);
    target.set(own.subarray(nP), row * nR);
  }
  return { input, target };
}
