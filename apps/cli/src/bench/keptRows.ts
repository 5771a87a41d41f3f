import type { BenchRow, BenchTask, DoRow, Preset, TrainingPlace, TrainingSoFar } from "@monosema/experiments";
import { type Job, type Json, jobOf, newToken, runAttempt, type Store } from "@monosema/runs";
import { loadTrainingState, saveTrainingState } from "@monosema/sdl/node";
import type { Backend } from "@monosema/tensor";
import { Interrupted } from "../interrupted.js";
import { pinsOf } from "../jobs/pinsOf.js";
import type { Session } from "../session.js";
import { version } from "../version.js";

/** What decides the rows of a benchmark besides method, anchors and seed. */
export interface RowFacts {
  /** Data, training and anchoring. */
  readonly preset: Preset;
  /** Whether data and dictionaries are kept. */
  readonly save: boolean;
}

/** What a row gives. */
interface RowValue {
  readonly row: BenchRow;
  readonly warnings: readonly string[];
}

/** A row of a benchmark as a job. */
export const rowJob = ({ preset, save }: RowFacts, task: BenchTask, backend: Pick<Backend, "name" | "tier">): Job =>
  jobOf({
    kind: "bench",
    parameters: JSON.parse(JSON.stringify({ preset, save, ...task })) as Job["parameters"],
    inputs: {},
    pins: pinsOf(backend),
    version,
  });

/** Rows that a store keeps: one that is done is not done again, one that was begun goes on. */
export interface KeptRows {
  /** Does a row in this process. */
  readonly doRow: DoRow;
  /** Hears the warnings of the row that is being done. */
  readonly onWarning: (warning: string) => void;
}

/** Keeps rows in a store. */
export function keptRows(session: Session, store: Store, jobOfTask: (task: BenchTask) => Job): KeptRows {
  let warnings: string[] = [];
  const onWarning = (warning: string): void => {
    warnings.push(warning);
    session.warn(warning);
  };
  return {
    onWarning,
    async doRow(task, train) {
      warnings = [];
      const job = jobOfTask(task);
      let row: BenchRow | undefined;
      const delivery = { token: newToken(), signal: session.signal };
      session.stopsItself(true);
      const outcome = await runAttempt(store, job, delivery, async (_, { folder }) => {
        row = await train(await placeIn(session, folder));
        return { row, warnings } satisfies RowValue as unknown as Json;
      })
        .catch((error: unknown) => {
          throw session.signal.aborted ? new Interrupted() : error;
        })
        .finally(() => session.stopsItself(false));
      if (row !== undefined && outcome === "committed") return row;
      const result = await store.result(job.id);
      const kept = result?.value as unknown as RowValue;
      kept.warnings.forEach(session.warn);
      return kept.row;
    },
  };
}

async function placeIn({ fs }: Session, folder: string): Promise<TrainingPlace> {
  const saved = await loadTrainingState(folder);
  return {
    ...(saved ? { saved: { ...(saved.extra as unknown as TrainingSoFar), state: saved.state } } : {}),
    save: (state, model, soFar) => saveTrainingState(folder, state, model, { fs, extra: { ...soFar } }),
  };
}
