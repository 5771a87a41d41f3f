import type { Activation } from "../../activations/table.js";
import { latentNames } from "../../latentNames.js";
import type { Model } from "../../model.js";
import type { Biases, SdlSpec } from "../../spec.js";
import type { CheckpointOrigin, TensorDescription } from "../checkpoint.js";
import type { ReadCheckpointOptions } from "../readCheckpoint.js";
import { loadCheckpoint } from "./loadCheckpoint.js";

/** What a checkpoint is, in plain data. */
export interface CheckpointDescription {
  /** Its folder. */
  readonly folder: string;
  /** What the files are. */
  readonly origin: CheckpointOrigin;
  /** Kind of dictionary. */
  readonly variant: SdlSpec["variant"];
  /** P, R and Q. */
  readonly dimensions: Dimensions;
  /** Those of each layer of a cross-layer transcoder. */
  readonly layers?: readonly Dimensions[];
  /** Its activation. */
  readonly activation: Activation;
  /** Its biases. */
  readonly biases: Biases;
  /** Whether it has a skip matrix. */
  readonly skip: boolean;
  /** BatchTopK: the running threshold. */
  readonly threshold?: number;
  /** What is done to each sample at run time. */
  readonly inputScaling: Model["inputScaling"];
  /** What the file holds. */
  readonly tensors: readonly TensorDescription[];
  /** Names of latents, by latent. */
  readonly names: Readonly<Record<string, string>>;
  /** Free metadata. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Sentences about what may surprise. */
  readonly warnings: readonly string[];
  /** Keys, tensors and files that play no part. */
  readonly ignored: readonly string[];
}

/** Widths of a dictionary. */
export interface Dimensions {
  /** Input width P. */
  readonly nP: number;
  /** Target width R. */
  readonly nR: number;
  /** Latents Q. */
  readonly nQ: number;
}

/**
 * Loads a checkpoint and says what it is.
 *
 * @param path - as for {@link loadCheckpoint}, with the same errors
 */
export async function describeCheckpoint(
  path: string,
  options: ReadCheckpointOptions = {},
): Promise<CheckpointDescription> {
  const { folder, model, origin, tensors, warnings, ignored } = await loadCheckpoint(path, options);
  const { spec, threshold, inputScaling, metadata = {} } = model;
  return {
    folder,
    origin,
    variant: spec.variant,
    dimensions: { nP: spec.nP, nR: spec.nR, nQ: spec.nQ },
    ...(spec.layers ? { layers: spec.layers } : {}),
    activation: spec.activation,
    biases: spec.biases,
    skip: spec.skip,
    ...(threshold === undefined ? {} : { threshold }),
    inputScaling,
    tensors,
    names: Object.fromEntries(latentNames(model)),
    metadata,
    warnings,
    ignored,
  };
}
