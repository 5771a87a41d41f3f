import type { Job } from "@monosema/runs";
import type { Job as QueueJob } from "bullmq";

/** What the queue holds of a job. */
export interface EntryData {
  /** The job. */
  readonly job: Job;
  /** How often its process was killed. */
  readonly losses: number;
}

/** A job in the queue. */
export type Entry = QueueJob<EntryData>;

/** The name of a job in the queue, which refuses names of digits alone. */
export const entryId = ({ id }: Pick<Job, "id">): string => `job-${id}`;
