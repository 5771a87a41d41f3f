import type { Engine, Job, Store } from "@monosema/runs";
import type { Session } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import type { EngineKind } from "../sweep/engineKind.js";
import { openEngine } from "../sweep/openEngine.js";
import { work } from "./work.js";

/** Options of {@link runJobs}. */
export interface RunJobsOptions {
  /** The kind of the engine that delivers them. */
  readonly kind: EngineKind;
  /** The engine as the command line names it. */
  readonly engine: string;
  /** Jobs at a time in this process. */
  readonly workers: number;
  /** What each is called, by its id. */
  readonly names: ReadonlyMap<string, string>;
  /** What they are called together, such as `runs`. */
  readonly unit: string;
  /** What is going on, such as `training`. */
  readonly doing: string;
}

/**
 * Runs jobs, several at a time, with a line of progress; where the engine is shared, workers of other machines take part. Failed attempts
 * are said, what is finished is in the store.
 */
export async function runJobs(
  session: Session,
  store: Store,
  jobs: readonly Job[],
  { kind, engine: text, workers, names, unit, doing }: RunJobsOptions,
): Promise<void> {
  const { given } = session;
  const [asked, threads] = [given.whole("workers", 0), given.whole("threads", 1)];
  const place = { ...(asked === undefined ? {} : { workers: asked }), ...(threads === undefined ? {} : { threads }) };
  const engine = await openEngine(kind, text, { store, onNotice: session.say, ...place });
  try {
    await engine.submit(jobs);
    if (kind.isShared) session.say(submittedText(kind, engine, store, text));
    const stays = kind.hasWorkers ? "" : `what is submitted to ${engine.name} runs on; `;
    session.keeps(
      `${stays}finished ${unit} and states are in ${store.name}; the same command with --store ${shellQuoted(store.name)} goes on`,
    );
    const nameOf = ({ id }: Job): string => names.get(id) ?? id;
    await work(session, store, engine, { workers, drain: true, total: jobs, unit, doing, nameOf });
  } finally {
    await engine.close();
  }
}

function submittedText({ hasWorkers }: EngineKind, { name }: Engine, store: Store, text: string): string {
  const [engine, place] = [shellQuoted(text), shellQuoted(store.name)];
  return hasWorkers
    ? `submitted to ${name}; on more machines: monosema worker --engine ${engine} --store ${place}`
    : `submitted to ${name}; taken back by: monosema runs ${place} --cancel --engine ${engine}`;
}
