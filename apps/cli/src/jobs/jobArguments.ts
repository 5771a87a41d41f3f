import type { DocumentHead } from "@monosema/experiments";
import { type Job, JobError } from "@monosema/runs";
import { pinsOf } from "../sweep/trainJobs.js";

/** Refuses what a job gave on another backend or tier than it pins. */
export function refuseOtherPins(job: Job, backend: DocumentHead["backend"]): void {
  const got = pinsOf(backend as Parameters<typeof pinsOf>[0]);
  for (const [name, wanted] of Object.entries(job.pins)) {
    if (got[name] === wanted) continue;
    throw new JobError(pinText(name, wanted, got[name]), "refused");
  }
}

/** That a machine has not what a job needs. */
export const pinText = (name: string, wanted: string | undefined, got: string | undefined): string =>
  `the job needs the ${name} ${wanted}, got ${got}; use a machine that has it`;

/** The options of a command line that ask for what a job pins. */
export const pinned = ({ pins: { backend, tier } }: Job): readonly string[] => [
  `--backend=${backend}`,
  ...(tier === undefined ? [] : [`--tier=${tier}`]),
];

/** What a job reads, by the options that name it: `data.0` is the first `--data`. */
export const inputArguments = ({ inputs }: Job): readonly string[] =>
  Object.entries(inputs).map(([name, { path }]) => `--${name.replace(/\.\d+$/, "")}=${path}`);
