import type { DocumentHead } from "@monosema/experiments";
import { type Job, JobError } from "@monosema/runs";
import { pinsOf } from "./pinsOf.js";
import { pinText } from "./refusals.js";

/** Refuses what a job gave on another backend or tier than it pins. */
export function refuseOtherPins(job: Job, backend: DocumentHead["backend"]): void {
  const got = pinsOf(backend as Parameters<typeof pinsOf>[0]);
  const unmet = Object.keys(job.pins).find((name) => got[name] !== job.pins[name]);
  if (unmet !== undefined) throw new JobError(pinText(unmet, job.pins[unmet], got[unmet]), "refused");
}

/** The options of a command line that ask for what a job pins. */
export const pinned = ({ pins: { backend, tier } }: Job): readonly string[] => [
  `--backend=${backend}`,
  ...(tier === undefined ? [] : [`--tier=${tier}`]),
];

/** What a job reads, by the options that name it: `data.0` is the first `--data`. */
export const inputArguments = ({ inputs }: Job): readonly string[] =>
  Object.entries(inputs).map(([name, { path }]) => `--${name.replace(/\.\d+$/, "")}=${path}`);
