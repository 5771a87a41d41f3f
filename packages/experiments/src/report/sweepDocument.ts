import type { DocumentHead } from "../records.js";
import type { HeldOutMetrics, TrainMetrics } from "./trainDocument.js";

/** Document of `sweep` and `runs`. */
export interface SweepDocument extends DocumentHead, RunCounts {
  /** The command; `train` for the runs of its `--grid`. */
  readonly command: "sweep" | "runs" | "train";
  /** Where results live. */
  readonly store: string;
  /** The list of the jobs; absent where those of all lists are shown. */
  readonly manifest?: string;
  /** The runs, in the order of the grid. */
  readonly rows: readonly SweepRun[];
}

/** How many runs there are. */
export interface RunCounts {
  /** Runs in all. */
  readonly planned: number;
  /** Runs that are done. */
  readonly done: number;
  /** Runs that have failed. */
  readonly failed: number;
}

/** A run of a sweep; figures where it is done. */
export interface SweepRun {
  /** Name of the job: the hash of what it is. */
  readonly job: string;
  /** Its options of `train`; true for a switch. */
  readonly params: Readonly<Record<string, string | true>>;
  /** What became of it. */
  readonly state: "done" | "failed" | "missing";
  /** Step of its newest state, where it is not done. */
  readonly step?: number;
  /** Attempts that were begun. */
  readonly attempts: number;
  /** Why the last one failed. */
  readonly message?: string;
  /** The kernels that it is pinned to; null where the backend has one kind. */
  readonly tier: string | null;
  /** Figures of all rows. */
  readonly metrics?: TrainMetrics;
  /** Figures of the rows that were held out; null without any. */
  readonly heldOut?: HeldOutMetrics | null;
  /** Samples per second of training. */
  readonly samplesPerSecond?: number;
  /** What the run warned of. */
  readonly warnings?: readonly string[];
  /** Folder of the checkpoint. */
  readonly checkpoint?: string;
  /** SHA-256 of its weights. */
  readonly sha256?: string;
  /** The attempt that was committed. */
  readonly attempt?: string;
  /** Step that it went on from; 0 from the beginning. */
  readonly resumedFrom?: number;
  /** Who ran it. */
  readonly worker?: string;
  /** Seconds of the attempt. */
  readonly seconds?: number;
}
