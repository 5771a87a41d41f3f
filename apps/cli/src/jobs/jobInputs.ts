import type { TrainedFile } from "@monosema/experiments";
import type { JobInput } from "@monosema/runs";

/** The place of the data among the inputs of a job: what of it `--data` or another option names. */
export const inputName = (option: string, index: number): string => `${option}.${index}`;

/** A file as a job names it. */
export const inputOf = ({ path, tensor, sha256 }: TrainedFile): JobInput => ({
  path: tensor === undefined ? path : `${path}:${tensor}`,
  sha256,
});
