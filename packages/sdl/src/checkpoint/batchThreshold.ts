import { FormatError } from "@monosema/tensor";

/** The threshold of a dictionary with a batch rule, and what may surprise about it. */
export interface BatchThreshold {
  /** Above 0. */
  readonly threshold: number;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/** What a file says about its threshold. */
export interface ThresholdFacts {
  /** Active latents per sample in training. */
  readonly k: number;
  /** Whether training ever set it. */
  readonly isSet: boolean;
  /** Name of its tensor. */
  readonly tensor: string;
  /** Its file, for messages. */
  readonly file: string;
}

/** The smallest float32 above 0: as a threshold, every positive pre-activation is above it but itself. */
export const smallestThreshold: number = 2 ** -149;

/**
 * The threshold that training kept. Where it was never set, the program that wrote it computes a plain ReLU.
 *
 * @throws FormatError `bad-threshold` where it is not finite
 */
export function batchThreshold(value: number, { k, isSet, tensor, file }: ThresholdFacts): BatchThreshold {
  if (!Number.isFinite(value)) {
    const message = `${tensor} must be a finite number, got ${value}; train the dictionary on`;
    throw new FormatError("bad-threshold", message, { file, tensor });
  }
  const unset = `${tensor} is ${value}: it was never set, so every positive pre-activation is active [threshold-unset]. Under the batch rule the ${k} largest per sample are, over all samples together.`;
  return { threshold: Math.max(value, smallestThreshold), warnings: isSet ? [] : [unset] };
}
