import type { Backend } from "@monosema/tensor";
import type { Model, Weights } from "../model.js";
import type { SdlSpec } from "../spec.js";
import type { Term } from "../terms/term.js";
import type { TrainingState } from "../trainingState.js";
import type { Initialisation } from "./initialise.js";
import type { Resampling } from "./resample.js";
import type { Schedule } from "./schedule.js";

/** Options of {@link train}. */
export interface TrainOptions {
  /** Steps T. */
  readonly steps: number;
  /** Seed of initialisation and resampling. Default 0. */
  readonly seed?: number;
  /** Adam. Default lr 3e-3, betas .9 and .999, epsilon 1e-8, no clipping. */
  readonly optimizer?: AdamOptions;
  /** Learning-rate, sparsity and k schedules. Default: constant. */
  readonly schedule?: Schedule;
  /** Start of the weights. Default kaiming. */
  readonly init?: Initialisation;
  /** Start from these weights, in original units, instead of `init`; a unit-norm decoder is normalised in the units of training. */
  readonly weights?: Weights;
  /** Steps between reports. Default: a twentieth of the steps. */
  readonly reportEvery?: number;
  /** Samples without activation after which a latent counts as dead. Default 10 % of the planned samples, at most 1e7. */
  readonly deadWindow?: number;
  /** Resampling of dead latents. Default: none. */
  readonly resampling?: Resampling;
  /** Further loss terms, such as anchoring. */
  readonly terms?: readonly ExtraTerm[];
  /** Factors s_p and s_r applied to input and target; folded out of every model (see `normalisation`). Default 1 and 1. */
  readonly scale?: DataScale;
  /** Scaling of each sample, at training and at inference. Default none. */
  readonly inputScaling?: Model["inputScaling"];
  /** Known mean of the targets over all data `[R]`, for the start of b_dec. */
  readonly mean?: Float32Array | Float64Array;
  /** Subtracted from a transcoder's inputs before the scale `[P]`, and folded into the biases of every model. Default: nothing. */
  readonly inputMean?: Float32Array | Float64Array;
  /** Where resumable states go. */
  readonly checkpoint?: Checkpointing;
  /**
   * Continue from this state; backend, spec and options must be those that it was saved with, but `steps` may be more. Shares of the
   * schedule then count in the new total; the dead window stays that of the state.
   */
  readonly resume?: TrainingState;
  /** Stops after the running step; the state is saved where `checkpoint` is given, then the iterator throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Adam (Kingma & Ba 2015). */
export interface AdamOptions {
  /** Learning rate. Default 3e-3. */
  readonly lr?: number;
  /** Decay of the first moment. Default .9. */
  readonly beta1?: number;
  /** Decay of the second moment. Default .999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Largest global gradient norm. Default: none. */
  readonly clip?: number;
}

/** Factors of the data during training. */
export interface DataScale {
  /** s_p; for cross-layer transcoders also one for each column `[P]`. */
  readonly input: number | Float64Array;
  /** s_r; for SAEs and crosscoders equal to s_p, for cross-layer transcoders also one for each column `[R]`. */
  readonly target: number | Float64Array;
}

/** Saving of resumable states. */
export interface Checkpointing {
  /** Steps between states. */
  readonly every: number;
  /** Seconds after which a state is saved all the same. Default: no limit. */
  readonly seconds?: number;
  /** Writes a state and the model so far; training waits for it. */
  readonly save: (state: TrainingState, model: Model) => Promise<void>;
}

/** A loss term from outside this package. */
export interface ExtraTerm {
  /** Key in reports. */
  readonly name: string;
  /** What must be the same on resuming, as JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** This many first latents are never resampled. */
  readonly anchored?: number;
  /** Changes the weights of step 0 in place. */
  readonly initialise?: (weights: Weights, spec: SdlSpec) => void;
  /** The term on a backend; freed at the end of the run. */
  readonly open: (backend: Backend, spec: SdlSpec) => Term;
}
