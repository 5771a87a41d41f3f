import { join } from "node:path";
import { type Dtype, openSafetensors } from "@monosema/tensor";
import { withFile } from "@monosema/tensor/node";
import type { Activation } from "../../activations/table.js";
import type { Model } from "../../model.js";
import type { Biases, SdlSpec } from "../../spec.js";
import type { CheckpointOrigin } from "../checkpoint.js";
import { type LoadCheckpointOptions, loadCheckpoint } from "./loadCheckpoint.js";
import { locateCheckpoint, weightsFile } from "./locate.js";

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

/** A tensor of a file. */
export interface TensorDescription {
  /** Name. */
  readonly name: string;
  /** Element type in the file. */
  readonly dtype: Dtype;
  /** Sizes of the axes. */
  readonly shape: readonly number[];
}

/**
 * Loads a checkpoint and says what it is.
 *
 * @param path - as for {@link loadCheckpoint}, with the same errors
 */
export async function describeCheckpoint(
  path: string,
  options: LoadCheckpointOptions = {},
): Promise<CheckpointDescription> {
  const { model, origin, warnings, ignored } = await loadCheckpoint(path, options);
  const { folder } = await locateCheckpoint(path);
  const { tensors } = await withFile(join(folder, weightsFile), openSafetensors); // the header alone
  const { spec, threshold, inputScaling, metadata = {} } = model;
  return {
    folder,
    origin,
    variant: spec.variant,
    dimensions: { nP: spec.nP, nR: spec.nR, nQ: spec.nQ },
    activation: spec.activation,
    biases: spec.biases,
    skip: spec.skip,
    ...(threshold === undefined ? {} : { threshold }),
    inputScaling,
    tensors: [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    metadata,
    warnings,
    ignored,
  };
}
