import { FormatError } from "@monosema/tensor";

/** The threshold of a dictionary with a batch rule, and what may surprise about it. */
export interface BatchThreshold {
  /** Above 0. */
  readonly threshold: number;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/** The smallest float32 above 0: as a threshold, every positive pre-activation is above it but itself. */
export const smallestThreshold: number = 2 ** -149;

/**
 * The threshold that training kept. One below 0 was never set: the program that wrote it computes a plain ReLU then.
 *
 * @param tensor - its name, for messages
 * @param k - active latents per sample in training
 * @throws FormatError `bad-threshold` where it is not finite
 */
export function batchThreshold(value: number, k: number, tensor: string, file: string): BatchThreshold {
  if (!Number.isFinite(value)) {
    const message = `${tensor} must be a finite number, got ${value}; train the dictionary on`;
    throw new FormatError("bad-threshold", message, { file, tensor });
  }
  const unset = `[threshold-unset] ${tensor} is ${value}, so it was never set and every positive pre-activation is active; the batch rule takes the ${k} largest per sample, over all samples together.`;
  return { threshold: Math.max(value, smallestThreshold), warnings: value < 0 ? [unset] : [] };
}
