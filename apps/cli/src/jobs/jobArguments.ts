import type { DocumentHead } from "@monosema/experiments";
import { type Job, JobError } from "@monosema/runs";
import { pinText } from "../sweep/refusals.js";
import { pinsOf } from "../sweep/trainJobs.js";
import { version } from "../version.js";

/** Refuses a job of another version of the program. */
export function refuseOtherVersion(job: Job): void {
  if (job.version === version) return;
  const message = `the job was made by monosema ${job.version}, this worker is ${version}; install ${job.version} here, or submit again`;
  throw new JobError(message, "final");
}

/** Refuses what a job gave on another backend or tier than it pins. */
export function refuseOtherPins(job: Job, backend: DocumentHead["backend"]): void {
  const got = pinsOf(backend as Parameters<typeof pinsOf>[0]);
  for (const [name, wanted] of Object.entries(job.pins)) {
    if (got[name] === wanted) continue;
    throw new JobError(pinText(name, wanted, got[name]), "refused");
  }
}

/** The options of a command line that ask for what a job pins. */
export const pinned = ({ pins: { backend, tier } }: Job): readonly string[] => [
  `--backend=${backend}`,
  ...(tier === undefined ? [] : [`--tier=${tier}`]),
];

/** What a job reads, by the options that name it: `data.0` is the first `--data`. */
export const inputArguments = ({ inputs }: Job): readonly string[] =>
  Object.entries(inputs).map(([name, { path }]) => `--${name.replace(/\.\d+$/, "")}=${path}`);
